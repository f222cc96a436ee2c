# Glue tells EventBridge of failed runs. A rule picks them out; what it delivers is counted by an alarm, and kept two weeks
# in a queue, with Glue's messages, to look at.

resource "aws_cloudwatch_event_rule" "job_failures" {
  name        = local.own_names["job-failures"]
  description = "Runs of ${local.names.glue_job} that did not succeed"

  event_pattern = jsonencode({
    source        = ["aws.glue"]
    "detail-type" = ["Glue Job State Change"]
    detail        = { jobName = [local.names.glue_job], state = ["ERROR", "FAILED", "STOPPED", "TIMEOUT"] }
  })
}

resource "aws_cloudwatch_event_target" "journal" {
  rule      = aws_cloudwatch_event_rule.job_failures.name
  target_id = "journal"
  arn       = aws_sqs_queue.journal.arn
}

# SQS's own key: what lies here is names, states and error messages, and EventBridge needs no right to ours.
resource "aws_sqs_queue" "journal" {
  name                      = local.own_names["journal"]
  message_retention_seconds = 1209600 # 14 days, SQS's most
  sqs_managed_sse_enabled   = true
}

locals {
  queues = {
    journal      = { id = aws_sqs_queue.journal.id, arn = local.journal_arn, sources = ["${local.rules_arn}/${local.own_names["job-failures"]}"] }
    dead_letters = { id = aws_sqs_queue.dead_letters.id, arn = local.dead_letters_arn, sources = [] }
  }
  journal_arn = "arn:${local.partition}:sqs:${local.arn_scope}:${local.own_names["journal"]}"
}

data "aws_iam_policy_document" "queue" {
  for_each = local.queues

  dynamic "statement" {
    for_each = length(each.value.sources) > 0 ? [each.value.sources] : []

    content {
      sid       = "WriteEventsOfOurRules"
      actions   = ["sqs:SendMessage"]
      resources = [each.value.arn]

      principals {
        type        = "Service"
        identifiers = ["events.amazonaws.com"]
      }
      condition {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = statement.value
      }
    }
  }

  statement {
    sid       = "DenyPlainHttp"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [each.value.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sqs_queue_policy" "access" {
  for_each = local.queues

  queue_url = each.value.id
  policy    = data.aws_iam_policy_document.queue[each.key].json
}
