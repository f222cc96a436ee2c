# Where people, the DAG and the job ask.

locals {
  queries = { for file in fileset("${local.repository}/sql", "*.sql") : trimsuffix(file, ".sql") => file("${local.repository}/sql/${file}") }
}

resource "aws_athena_workgroup" "events" {
  name          = local.names.workgroup
  description   = "Queries of ${var.environment}: results encrypted and short-lived, scans limited"
  force_destroy = true # its history of queries, not data

  configuration {
    enforce_workgroup_configuration    = true # a client's own settings are ignored
    publish_cloudwatch_metrics_enabled = true
    bytes_scanned_cutoff_per_query     = var.athena_scan_limit_gib * 1024 * 1024 * 1024

    engine_version {
      selected_engine_version = "Athena engine version 3"
    }

    result_configuration {
      output_location       = "s3://${local.names.results_bucket}/${local.results_prefix}"
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
  workgroup   = aws_athena_workgroup.events.name
  database    = aws_glue_catalog_database.events.name
  query       = each.value
}
