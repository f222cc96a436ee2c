# Every variable refuses a bad value. (tests/terraform checks that none is left out.)

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
  artifacts_folder = "tests/artifacts"
}

run "deployment" {
  command = plan

  variables {
    environment               = "Dev_1"
    region                    = "Ireland"
    account_id                = "1234"
    tags                      = { project = "mine" }
    key_deletion_days         = 3
    log_retention_days        = 8
    raw_archive_days          = 1
    quarantine_retention_days = 1
    results_retention_days    = 0
  }

  expect_failures = [
    var.environment, var.region, var.account_id, var.tags, var.key_deletion_days, var.log_retention_days,
    var.raw_archive_days, var.quarantine_retention_days, var.results_retention_days,
  ]
}

run "prod_keeps_its_events" {
  command = plan

  variables {
    environment        = "prod"
    force_destroy      = true
    raw_retention_days = 120
  }

  expect_failures = [var.force_destroy, var.raw_retention_days]
}

run "pipeline" {
  command = plan

  variables {
    firehose_buffer_seconds = 5
    firehose_buffer_mib     = 129
    glue_worker_type        = "Standard"
    glue_worker_count       = 1
    glue_concurrent_runs    = 0
    glue_timeout_minutes    = 300
    crawler_schedule        = "hourly"
    catch_up_schedule       = "0 2 * * *"
    athena_scan_limit_gib   = 0
    function_package        = "../secret.zip"
    function_concurrency    = 0
    function_memory_mib     = 128
  }

  expect_failures = [
    var.firehose_buffer_seconds, var.firehose_buffer_mib, var.glue_worker_type, var.glue_worker_count,
    var.glue_concurrent_runs, var.glue_timeout_minutes, var.crawler_schedule, var.catch_up_schedule,
    var.athena_scan_limit_gib, var.function_package, var.function_concurrency, var.function_memory_mib,
  ]
}

run "artifacts" {
  command = plan

  variables {
    artifacts_folder = " "
  }

  expect_failures = [var.artifacts_folder]
}

run "alarms" {
  command = plan

  variables {
    alarm_emails            = ["nobody"]
    publication_age_hours   = 24
    quarantined_share_alarm = 0.05
    monthly_budget_usd      = 0
  }

  expect_failures = [
    var.alarm_emails, var.publication_age_hours, var.quarantined_share_alarm, var.monthly_budget_usd,
  ]
}

run "airflow" {
  command = plan

  variables {
    create_airflow            = true
    existing_airflow_role_arn = "arn:aws:iam::111122223333:role/my-airflow"
    airflow_version           = "2.10.3"
    airflow_class             = "mw1.tiny"
    airflow_max_workers       = 0
    airflow_access_mode       = "PUBLIC"
    airflow_network           = { vpc_id = "vpc-1", private_subnet_ids = ["subnet-1", "subnet-1"] }
    vpc_cidr                  = "10.0.0.0/28"
    nat_gateway_count         = 3
  }

  expect_failures = [
    var.create_airflow, var.airflow_version, var.airflow_class, var.airflow_max_workers, var.airflow_access_mode,
    var.airflow_network, var.vpc_cidr, var.nat_gateway_count,
  ]
}

run "an_airflow_that_exists" {
  command = plan

  variables {
    existing_airflow_role_arn = "my-airflow"
  }

  expect_failures = [var.existing_airflow_role_arn]
}
