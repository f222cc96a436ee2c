# Where the DAG and the job ask, and where people do: answers about quarantine are not for everybody.

locals {
  workgroups = {
    pipeline = { name = local.names.workgroup, results = "results/", who = "the DAGs and the Glue job" }
    analysts = { name = local.own_names["analysts"], results = "analysts/", who = "people" }
  }
  queries = { for file in fileset("${local.repository}/sql", "*.sql") : trimsuffix(file, ".sql") => file("${local.repository}/sql/${file}") }
}

resource "aws_athena_workgroup" "events" {
  for_each = local.workgroups

  name          = each.value.name
  description   = "Queries of ${each.value.who} (${var.environment}): results encrypted and short-lived, scans limited"
  force_destroy = true # its history of queries, not data

  configuration {
    enforce_workgroup_configuration    = true # a client's own settings are ignored
    publish_cloudwatch_metrics_enabled = true
    bytes_scanned_cutoff_per_query     = var.athena_scan_limit_gib * 1024 * 1024 * 1024

    engine_version {
      selected_engine_version = "Athena engine version 3"
    }

    result_configuration {
      output_location       = "s3://${local.names.results_bucket}/${each.value.results}"
      expected_bucket_owner = local.account_id

      encryption_configuration {
        encryption_option = "SSE_KMS"
        kms_key_arn       = aws_kms_key.data.arn
      }
    }
  }
}

resource "aws_athena_named_query" "sample" {
  for_each = local.queries

  name = each.key
  # The question that the file begins with.
  description = trimspace(trimprefix(split("\n", each.value)[0], "--"))
  workgroup   = aws_athena_workgroup.events["analysts"].name
  database    = aws_glue_catalog_database.events.name
  query       = each.value
}
