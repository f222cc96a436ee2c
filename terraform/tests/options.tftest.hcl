# What is made only when it is asked for.

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
  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-west-1a", "eu-west-1b", "eu-west-1c"] }
  }
}

variables {
  artifacts_folder = "tests/artifacts"
}

run "the_function_comes_with_its_package" {
  command = plan

  variables {
    function_package     = "json_to_parquet.zip"
    function_concurrency = 7
  }

  assert {
    condition     = one(aws_lambda_function.json_to_parquet).reserved_concurrent_executions == 7
    error_message = "The function's concurrency is not reserved."
  }
  assert {
    condition     = one(aws_lambda_permission.raw_bucket).source_account == "111122223333"
    error_message = "A bucket of another account might call the function."
  }
  assert {
    condition     = one(one(aws_s3_bucket_notification.raw).lambda_function).filter_prefix == "events/"
    error_message = "Quarantine and errors would call the function too."
  }
}

run "a_package_that_is_not_built_stops_the_plan" {
  command = plan

  variables {
    function_package = "not_built.zip"
  }

  expect_failures = [aws_lambda_function.json_to_parquet]
}

run "artifacts_that_are_not_built_stop_the_plan" {
  command = plan

  variables {
    artifacts_folder = "tests/nothing_here"
  }

  expect_failures = [aws_s3_object.artifact]
}

run "airflow_makes_its_own_network" {
  command = plan

  variables {
    create_airflow    = true
    nat_gateway_count = 2
  }

  assert {
    condition     = one(aws_mwaa_environment.airflow).airflow_version == "3.3.1" && one(aws_mwaa_environment.airflow).webserver_access_mode == "PRIVATE_ONLY"
    error_message = "MWAA is not the Airflow that the DAGs are made for, or its web server is public by default."
  }
  assert {
    condition     = length(aws_subnet.private) == 2 && length(aws_nat_gateway.airflow) == 2
    error_message = "MWAA takes two private subnets; two NAT gateways were asked for."
  }
  assert {
    condition     = length(toset(concat(aws_subnet.private[*].cidr_block, aws_subnet.public[*].cidr_block))) == 4
    error_message = "Subnets overlap."
  }
  assert {
    condition     = one(aws_mwaa_environment.airflow).airflow_configuration_options["clickstream.environment"] == "dev"
    error_message = "The DAGs would not know their environment."
  }
  assert {
    condition     = toset(keys(aws_s3_object.dag)) == toset([".airflowignore", "daily.py", "clickstream/contract.json"])
    error_message = "Not everything that is built for MWAA is uploaded."
  }
  assert {
    condition     = one(aws_vpc_security_group_egress_rule.https).from_port == 443 && one(aws_vpc_security_group_egress_rule.https).to_port == 443
    error_message = "MWAA may talk to the world by other ways than HTTPS."
  }
  assert {
    condition     = one(aws_vpc_security_group_ingress_rule.airflow).cidr_ipv4 == null
    error_message = "MWAA's parts may be reached from outside."
  }
  assert {
    condition     = alltrue([for route in aws_route.private : route.gateway_id == null])
    error_message = "MWAA's subnets are not private."
  }
}

run "raw_events_are_deleted_when_that_is_asked_for" {
  command = plan

  variables {
    raw_retention_days = 730
  }

  assert {
    condition = anytrue([
      for rule in aws_s3_bucket_lifecycle_configuration.zone["raw"].rule :
      rule.filter[0].prefix == "events/" && try(rule.expiration[0].days == 730, false)
    ])
    error_message = "Raw events outlive raw_retention_days."
  }
}

run "airflow_moves_into_a_network_that_exists" {
  command = plan

  variables {
    create_airflow  = true
    airflow_network = { vpc_id = "vpc-1", private_subnet_ids = ["subnet-1", "subnet-2"] }
  }

  assert {
    condition     = length(aws_vpc.airflow) + length(aws_nat_gateway.airflow) + length(aws_vpc_endpoint.s3) == 0
    error_message = "A network was made beside the one that was brought along."
  }
  assert {
    condition     = one(aws_mwaa_environment.airflow).network_configuration[0].subnet_ids == toset(["subnet-1", "subnet-2"])
    error_message = "MWAA is not in the subnets that were brought along."
  }
}

run "an_airflow_that_exists_gets_the_policy" {
  command = plan

  variables {
    existing_airflow_role_arn = "arn:aws:iam::111122223333:role/service-role/my-airflow"
  }

  assert {
    condition     = one(aws_iam_role_policy_attachment.existing_airflow).role == "my-airflow"
    error_message = "The role of the Airflow that exists does not get the DAGs' policy."
  }
}

run "without_airflow_glue_can_have_its_own_clock" {
  command = plan

  variables {
    crawler_schedule   = "cron(30 * * * ? *)"
    catch_up_schedule  = "cron(0 2 * * ? *)"
    monthly_budget_usd = 50
    alarm_emails       = ["on-call@example.com"]
  }

  assert {
    condition     = aws_glue_crawler.generations.schedule == "cron(30 * * * ? *)" && one(aws_glue_trigger.catch_up).schedule == "cron(0 2 * * ? *)"
    error_message = "The schedules did not arrive."
  }
  assert {
    condition     = one(aws_budgets_budget.monthly).limit_amount == "50" && aws_sns_topic_subscription.email["on-call@example.com"].protocol == "email"
    error_message = "Budget or subscription are missing."
  }
  assert {
    condition     = one(one(one(aws_budgets_budget.monthly).cost_filter).values) == "user:deployment$clickstream-dev"
    error_message = "The budget counts something else than this deployment."
  }
}
