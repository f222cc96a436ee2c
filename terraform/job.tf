# The Glue job. Day mode is what the DAG starts (--arrival_date); with no argument it catches up by itself.

resource "aws_glue_security_configuration" "pipeline" {
  name = local.deployment

  encryption_configuration {
    cloudwatch_encryption {
      cloudwatch_encryption_mode = "SSE-KMS"
      kms_key_arn                = aws_kms_key.data.arn
    }
    job_bookmarks_encryption {
      job_bookmarks_encryption_mode = "CSE-KMS"
      kms_key_arn                   = aws_kms_key.data.arn
    }
    s3_encryption {
      s3_encryption_mode = "SSE-KMS"
      kms_key_arn        = aws_kms_key.data.arn
    }
  }
}

resource "aws_glue_job" "transform" {
  name                   = local.names.glue_job
  description            = "Turns raw click events into Parquet, quarantine and a ledger, one arrival day at a time"
  role_arn               = aws_iam_role.actor["glue-job"].arn
  glue_version           = "5.1"
  worker_type            = var.glue_worker_type
  number_of_workers      = var.glue_worker_count
  timeout                = var.glue_timeout_minutes
  max_retries            = 0 # a run that refused its day would refuse it again: a person decides
  security_configuration = aws_glue_security_configuration.pipeline.name

  command {
    name            = "glueetl"
    python_version  = "3"
    script_location = "${local.artifacts_uri}${local.prefixes.glue_script}"
  }

  execution_property {
    max_concurrent_runs = var.glue_concurrent_runs
  }

  default_arguments = merge(local.job_arguments, {
    "--extra-py-files"                   = "${local.artifacts_uri}${local.prefixes.glue_library}"
    "--job-bookmark-option"              = "job-bookmark-enable" # records how far catch-up came; the DAG disables it
    "--enable-continuous-cloudwatch-log" = "true"
    "--enable-metrics"                   = "true"
    "--enable-observability-metrics"     = "true"
    "--enable-spark-ui"                  = "true"
    "--spark-event-logs-path"            = "s3://${local.names.work_bucket}/${local.spark_logs_prefix}"
  })

  depends_on = [aws_iam_role_policy.actor, aws_s3_object.artifact]
}

locals {
  # What our own script reads (glue_scripts/clickstream_glue/arguments.py).
  job_arguments = {
    "--raw_uri"       = "s3://${local.names.raw_bucket}/"
    "--processed_uri" = "s3://${local.names.processed_bucket}/"
    "--work_uri"      = "s3://${local.names.work_bucket}/"
    "--environment"   = var.environment
    "--account_id"    = local.account_id
    "--region"        = var.region
  }
}

resource "aws_glue_trigger" "catch_up" {
  count = var.catch_up_schedule == null ? 0 : 1

  name        = "${local.names.glue_job}-catch-up"
  description = "Starts the job without arguments: whatever closed day has unprocessed objects, for those without Airflow"
  type        = "SCHEDULED"
  schedule    = var.catch_up_schedule

  actions {
    job_name = aws_glue_job.transform.name
  }
}
