# The minutes-fresh path: S3 tells the function of each raw object. Its role, logs and dead letters are always there;
# the function, its permission and the notification come with its package (function_package).

locals {
  function_name = local.own_names["json-to-parquet"]
  has_function  = var.function_package != null
}

resource "aws_cloudwatch_log_group" "function" {
  name              = "/aws/lambda/${local.function_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = aws_kms_key.data.arn
}

resource "aws_sqs_queue" "dead_letters" {
  name                              = local.own_names["json-to-parquet-dead-letters"]
  message_retention_seconds         = 1209600 # 14 days, SQS's most
  kms_master_key_id                 = aws_kms_key.data.arn
  kms_data_key_reuse_period_seconds = 300
}

resource "aws_lambda_function" "json_to_parquet" {
  count = local.has_function ? 1 : 0

  function_name                  = local.function_name
  description                    = "Turns each raw object into Parquet, so that today's events can be queried within minutes"
  role                           = aws_iam_role.actor["json-to-parquet"].arn
  runtime                        = "python3.12"
  architectures                  = ["arm64"]
  handler                        = "json_to_parquet.handler.handle"
  filename                       = "${var.artifacts_folder}/${var.function_package}"
  source_code_hash               = try(filebase64sha256("${var.artifacts_folder}/${var.function_package}"), null)
  memory_size                    = var.function_memory_mib
  timeout                        = 120 # seconds; an object of 128 MiB needs a few
  reserved_concurrent_executions = var.function_concurrency
  kms_key_arn                    = aws_kms_key.data.arn

  environment {
    variables = {
      AIRFLOW__CLICKSTREAM__ENVIRONMENT = var.environment
      AIRFLOW__CLICKSTREAM__ACCOUNT_ID  = local.account_id
      AIRFLOW__CLICKSTREAM__REGION      = var.region
    }
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.dead_letters.arn
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.function.name
  }

  lifecycle {
    precondition {
      condition     = fileexists("${var.artifacts_folder}/${var.function_package}")
      error_message = "${var.artifacts_folder}/${var.function_package} is not built. Run in the repository: python scripts/build_artifacts.py"
    }
  }

  depends_on = [aws_iam_role_policy.actor]
}

resource "aws_lambda_function_event_invoke_config" "json_to_parquet" {
  count = local.has_function ? 1 : 0

  function_name                = aws_lambda_function.json_to_parquet[0].function_name
  maximum_retry_attempts       = 2
  maximum_event_age_in_seconds = 21600 # seconds; the daily run takes care of older objects
}

resource "aws_lambda_permission" "raw_bucket" {
  count = local.has_function ? 1 : 0

  statement_id   = "InvokeForRawObjects"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.json_to_parquet[0].function_name
  principal      = "s3.amazonaws.com"
  source_account = local.account_id # a bucket's name alone could be somebody else's one day
  source_arn     = aws_s3_bucket.zone["raw"].arn
}

resource "aws_s3_bucket_notification" "raw" {
  count = local.has_function ? 1 : 0

  bucket = aws_s3_bucket.zone["raw"].id

  lambda_function {
    id                  = "raw-objects"
    lambda_function_arn = aws_lambda_function.json_to_parquet[0].arn
    events              = ["s3:ObjectCreated:*"]
    filter_prefix       = local.prefixes.events
    filter_suffix       = ".gz"
  }

  depends_on = [aws_lambda_permission.raw_bucket]
}
