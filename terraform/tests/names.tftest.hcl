# Names, prefixes and pace, with no provider's help: terraform test.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws", dns_suffix = "amazonaws.com" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  artifacts_folder = "tests/artifacts" # empty files: nothing needs to be built for this
}

run "names_carry_environment_and_account" {
  command = plan

  variables {
    environment = "stage"
  }

  assert {
    condition     = aws_s3_bucket.zone["raw"].bucket == "clickstream-raw-stage-111122223333"
    error_message = "The raw bucket's name is not the template of pipeline.json."
  }
  assert {
    condition     = aws_glue_catalog_database.events.name == "clickstream_stage"
    error_message = "The database's name is not the template of pipeline.json."
  }
  assert {
    condition     = alltrue([for actor, role in aws_iam_role.actor : role.name == "clickstream-${actor}-stage"])
    error_message = "A role is not named clickstream-<actor>-<environment>."
  }
  assert {
    condition     = alltrue([for name, alarm in aws_cloudwatch_metric_alarm.pipeline : endswith(alarm.alarm_name, "-stage")])
    error_message = "An alarm does not name the environment, so two deployments would share it."
  }
}

run "an_account_that_is_given_is_taken" {
  command = plan

  variables {
    account_id = "444455556666"
  }

  assert {
    condition     = aws_s3_bucket.zone["work"].bucket == "clickstream-work-dev-444455556666"
    error_message = "account_id is not what names are made of."
  }
}

run "firehose_files_by_hour_of_arrival" {
  command = plan

  assert {
    condition     = startswith(aws_kinesis_firehose_delivery_stream.events.extended_s3_configuration[0].prefix, "events/year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/hour=!{timestamp:HH}/")
    error_message = "Raw objects would not lie where dags/clickstream/layout.py looks."
  }
  assert {
    condition     = startswith(aws_kinesis_firehose_delivery_stream.events.extended_s3_configuration[0].error_output_prefix, "errors/!{firehose:error-output-type}/")
    error_message = "Firehose's errors would lie among events."
  }
  assert {
    condition     = aws_kinesis_firehose_delivery_stream.events.extended_s3_configuration[0].buffering_size == 5
    error_message = "The default buffer is not 5 MiB."
  }
}

run "defaults_are_cheap_and_safe" {
  command = plan

  assert {
    condition     = length(aws_mwaa_environment.airflow) + length(aws_vpc.airflow) + length(aws_nat_gateway.airflow) == 0
    error_message = "MWAA and its network cost hundreds a month and must be asked for."
  }
  assert {
    condition     = length(aws_lambda_function.json_to_parquet) + length(aws_s3_bucket_notification.raw) == 0
    error_message = "Without a package there is nothing to notify."
  }
  assert {
    condition     = alltrue([for zone, bucket in aws_s3_bucket.zone : bucket.force_destroy == false])
    error_message = "Buckets would be deleted with everything in them."
  }
  assert {
    condition     = length(aws_budgets_budget.monthly) + length(aws_glue_trigger.catch_up) == 0
    error_message = "Nothing is scheduled or budgeted unless asked for."
  }
}
