# Producers call PutRecord(Batch) here; Firehose files what comes by its hour of arrival (UTC).

locals {
  by_hour = "year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/hour=!{timestamp:HH}/"
}

resource "aws_cloudwatch_log_group" "firehose" {
  name              = "/aws/kinesisfirehose/${local.names.stream}"
  retention_in_days = var.log_retention_days
  kms_key_id        = aws_kms_key.data.arn
}

resource "aws_cloudwatch_log_stream" "delivery" {
  name           = "delivery"
  log_group_name = aws_cloudwatch_log_group.firehose.name
}

resource "aws_kinesis_firehose_delivery_stream" "events" {
  name        = local.names.stream
  destination = "extended_s3"

  server_side_encryption {
    enabled  = true
    key_type = "CUSTOMER_MANAGED_CMK"
    key_arn  = aws_kms_key.data.arn
  }

  extended_s3_configuration {
    role_arn            = aws_iam_role.actor["firehose"].arn
    bucket_arn          = aws_s3_bucket.zone["raw"].arn
    prefix              = "${local.prefixes.events}${local.by_hour}"
    error_output_prefix = "${local.prefixes.errors}!{firehose:error-output-type}/${local.by_hour}"
    buffering_size      = var.firehose_buffer_mib
    buffering_interval  = var.firehose_buffer_seconds
    compression_format  = "GZIP"
    kms_key_arn         = aws_kms_key.data.arn

    # Firehose adds nothing between records by itself.
    processing_configuration {
      enabled = true

      processors {
        type = "AppendDelimiterToRecord"

        parameters {
          parameter_name  = "Delimiter"
          parameter_value = "\\n"
        }
      }
    }

    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.firehose.name
      log_stream_name = aws_cloudwatch_log_stream.delivery.name
    }
  }

  depends_on = [aws_iam_role_policy.actor]
}
