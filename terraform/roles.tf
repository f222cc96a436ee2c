# One role per actor. Each trusts its service only when that acts for this account, and, where the service says for
# which resource it acts, for that one.

locals {
  actors = ["firehose", "glue-job", "crawler", "json-to-parquet", "airflow"]

  trusts = {
    "firehose"        = { services = ["firehose.amazonaws.com"], source_arns = [local.stream_arn] }
    "glue-job"        = { services = ["glue.amazonaws.com"], source_arns = ["arn:${local.partition}:glue:${local.arn_scope}:*"] }
    "crawler"         = { services = ["glue.amazonaws.com"], source_arns = ["arn:${local.partition}:glue:${local.arn_scope}:*"] }
    "json-to-parquet" = { services = ["lambda.amazonaws.com"], source_arns = [] } # Lambda documents no source ARN here
    "airflow"         = { services = ["airflow.amazonaws.com", "airflow-env.amazonaws.com"], source_arns = [local.environment_arn] }
  }

  policies = {
    "firehose"        = data.aws_iam_policy_document.firehose.json
    "glue-job"        = data.aws_iam_policy_document.glue_job.json
    "crawler"         = data.aws_iam_policy_document.crawler.json
    "json-to-parquet" = data.aws_iam_policy_document.json_to_parquet.json
  }
}

data "aws_iam_policy_document" "trust" {
  for_each = local.trusts

  statement {
    sid     = "AssumeForThisAccountOnly"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = each.value.services
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }

    dynamic "condition" {
      for_each = length(each.value.source_arns) > 0 ? [each.value.source_arns] : []

      content {
        test     = "ArnLike"
        variable = "aws:SourceArn"
        values   = condition.value
      }
    }
  }
}

resource "aws_iam_role" "actor" {
  for_each = local.trusts

  name               = local.own_names[each.key]
  description        = "What ${each.key} of the clickstream pipeline (${var.environment}) may do"
  assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
}

resource "aws_iam_role_policy" "actor" {
  for_each = local.policies

  name   = "pipeline"
  role   = aws_iam_role.actor[each.key].name
  policy = each.value
}

# Managed, so that an MWAA environment which exists already can have it too.
resource "aws_iam_policy" "airflow" {
  name        = local.own_names["airflow"]
  description = "What the clickstream DAGs (${var.environment}) do on AWS"
  policy      = data.aws_iam_policy_document.airflow.json
}

resource "aws_iam_role_policy_attachment" "airflow" {
  role       = aws_iam_role.actor["airflow"].name
  policy_arn = aws_iam_policy.airflow.arn
}

resource "aws_iam_role_policy_attachment" "existing_airflow" {
  count = var.existing_airflow_role_arn == null ? 0 : 1

  role       = reverse(split("/", var.existing_airflow_role_arn))[0]
  policy_arn = aws_iam_policy.airflow.arn
}

resource "aws_iam_policy" "analyst" {
  name        = local.own_names["analyst"]
  description = "Asks the published click events of ${var.environment} through Athena; attach it to people's roles"
  policy      = data.aws_iam_policy_document.analyst.json
}
