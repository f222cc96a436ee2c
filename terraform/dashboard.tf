# One page: does it arrive, does it run, is it published, is it good, what does it cost to ask.

locals {
  widgets = [
    { title = "Events in (records)", stat = "Sum", metrics = [["AWS/Firehose", "IncomingRecords", "DeliveryStreamName", local.names.stream]] },
    { title = "Oldest undelivered event (s)", stat = "Maximum", metrics = [["AWS/Firehose", "DeliveryToS3.DataFreshness", "DeliveryStreamName", local.names.stream]] },
    { title = "Published days and failed runs", stat = "Sum", metrics = [[local.metrics.namespace, local.metrics.published_days, local.metrics.dimension, var.environment], ["AWS/Events", "Invocations", "RuleName", aws_cloudwatch_event_rule.job_failures.name]] },
    { title = "Quarantined share", stat = "Maximum", metrics = [[local.metrics.namespace, local.metrics.quarantined_share, local.metrics.dimension, var.environment]] },
    { title = "Bytes scanned by queries", stat = "Sum", metrics = [for one in local.workgroups : ["AWS/Athena", "ProcessedBytes", "WorkGroup", one.name, "QueryState", "SUCCEEDED", "QueryType", "DML"]] },
    { title = "Dead letters", stat = "Maximum", metrics = [["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", aws_sqs_queue.dead_letters.name]] },
  ]
}

resource "aws_cloudwatch_dashboard" "pipeline" {
  dashboard_name = local.deployment

  dashboard_body = jsonencode({
    widgets = [
      for number, widget in local.widgets : {
        type   = "metric"
        x      = number % 2 * 12
        y      = floor(number / 2) * 6
        width  = 12
        height = 6
        properties = {
          title   = widget.title
          view    = "timeSeries"
          stat    = widget.stat
          period  = 300
          region  = var.region
          metrics = widget.metrics
        }
      }
    ]
  })
}
