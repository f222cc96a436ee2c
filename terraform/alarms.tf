# What wakes somebody. Each says what it means and where to look.

locals {
  alarms = {
    "job-failed" = {
      meaning   = "A run of ${local.names.glue_job} failed, timed out or was stopped; nothing of it is visible. Nobody runs it again by itself: where the data was not the cause, clear the task transform. Why: the queue ${local.own_names["journal"]}, or the run in the Glue console."
      namespace = "AWS/Events", metric = "Invocations", dimensions = { RuleName = aws_cloudwatch_event_rule.job_failures.name }
      statistic = "Sum", period = 300, periods = 1, comparison = "GreaterThanThreshold", threshold = 0, missing = "notBreaching"
    }
    # Sent by whoever publishes days: the DAG, or the Glue job in catch-up mode. Commits of the janitor and of rollbacks do
    # not count, or they would hide that no day passes its checks.
    "publication-age" = {
      meaning   = "No day was published for ${var.publication_age_hours} hours: a dead scheduler, a day that fails its checks, or catch-up that does not run. People see an old, whole state."
      namespace = local.metrics.namespace, metric = local.metrics.published_days, dimensions = local.deployment_dimension
      statistic = "Sum", period = 3600, periods = var.publication_age_hours, comparison = "LessThanThreshold", threshold = 1, missing = "breaching"
    }
    "stream-not-fresh" = {
      meaning   = "The oldest event in Firehose waits for more than ${local.freshness_seconds} seconds for its delivery to S3. Look at the log group ${aws_cloudwatch_log_group.firehose.name}."
      namespace = "AWS/Firehose", metric = "DeliveryToS3.DataFreshness", dimensions = { DeliveryStreamName = local.names.stream }
      statistic = "Maximum", period = 300, periods = 3, comparison = "GreaterThanThreshold", threshold = local.freshness_seconds, missing = "notBreaching"
    }
    "stream-errors" = {
      meaning   = "Firehose cannot write to S3, and keeps events for 24 hours. Look at the log group ${aws_cloudwatch_log_group.firehose.name}; its role or the key may have changed."
      namespace = "AWS/Firehose", metric = "DeliveryToS3.Success", dimensions = { DeliveryStreamName = local.names.stream }
      statistic = "Minimum", period = 300, periods = 2, comparison = "LessThanThreshold", threshold = 1, missing = "notBreaching"
    }
    "stream-throttled" = {
      meaning   = "Firehose refuses records: producers send more than the account's quota. They retry, and lose events when they give up."
      namespace = "AWS/Firehose", metric = "ThrottledRecords", dimensions = { DeliveryStreamName = local.names.stream }
      statistic = "Sum", period = 300, periods = 3, comparison = "GreaterThanThreshold", threshold = 0, missing = "notBreaching"
    }
    "dead-letters" = {
      meaning   = "The function gave up on raw objects; their keys are in the queue ${local.own_names["json-to-parquet-dead-letters"]}. The daily run takes them all the same."
      namespace = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", dimensions = { QueueName = aws_sqs_queue.dead_letters.name }
      statistic = "Maximum", period = 300, periods = 1, comparison = "GreaterThanThreshold", threshold = 0, missing = "notBreaching"
    }
    # Sent by the Glue job, from each ledger.
    "quarantined-share" = {
      meaning   = "More than ${var.quarantined_share_alarm * 100} % of an arrival day's records were quarantined. Why: SELECT reason, field, count(*) FROM ${local.tables.quarantine} GROUP BY 1, 2."
      namespace = local.metrics.namespace, metric = local.metrics.quarantined_share, dimensions = local.deployment_dimension
      statistic = "Maximum", period = 3600, periods = 1, comparison = "GreaterThanThreshold", threshold = var.quarantined_share_alarm, missing = "notBreaching"
    }
  }
  deployment_dimension = { (local.metrics.dimension) = var.environment }

  freshness_seconds = var.firehose_buffer_seconds + 300 # a full buffer's wait, and five minutes of retries
}

resource "aws_cloudwatch_metric_alarm" "pipeline" {
  for_each = local.alarms

  alarm_name          = "clickstream-${each.key}-${var.environment}"
  alarm_description   = each.value.meaning
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = each.value.period
  evaluation_periods  = each.value.periods
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  treat_missing_data  = each.value.missing
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_budgets_budget" "monthly" {
  count = var.monthly_budget_usd == null ? 0 : 1

  name         = local.deployment
  budget_type  = "COST"
  limit_amount = tostring(var.monthly_budget_usd)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  # Counts what carries the tag, from the day on which it is activated as a cost allocation tag.
  cost_filter {
    name   = "TagKeyValue"
    values = [format("user:deployment$%s", local.deployment)] # a tag's key and value, joined by $
  }

  notification {
    notification_type         = "ACTUAL"
    comparison_operator       = "GREATER_THAN"
    threshold                 = 80
    threshold_type            = "PERCENTAGE"
    subscriber_sns_topic_arns = [aws_sns_topic.alarms.arn]
  }

  notification {
    notification_type         = "FORECASTED"
    comparison_operator       = "GREATER_THAN"
    threshold                 = 100
    threshold_type            = "PERCENTAGE"
    subscriber_sns_topic_arns = [aws_sns_topic.alarms.arn]
  }
}
