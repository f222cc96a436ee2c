# How long what is kept. Snapshots, ledgers, candidates and Parquet are the janitor's, who knows what is visible.

locals {
  day_of_grace   = 1  # for superseded versions of what is rubbish anyway
  month_of_grace = 30 # for versions that somebody overwrote or deleted by mistake

  lifecycle_rules = {
    raw = [
      { id = "keep-events", prefix = local.prefixes.events, archive = var.raw_archive_days, expire = var.raw_retention_days, superseded = local.month_of_grace },
      { id = "expire-quarantine", prefix = local.prefixes.quarantine, archive = null, expire = var.quarantine_retention_days, superseded = local.day_of_grace },
      { id = "expire-errors", prefix = local.prefixes.errors, archive = null, expire = var.quarantine_retention_days, superseded = local.day_of_grace },
    ]
    processed = []
    work = [
      # Jobs clear their staging; this is for those that were killed. A run takes hours, never days.
      { id = "expire-staging", prefix = local.prefixes.staging, archive = null, expire = 3, superseded = local.day_of_grace },
      { id = "expire-replays", prefix = local.prefixes.replays, archive = null, expire = 30, superseded = local.day_of_grace },
      { id = "expire-spark-logs", prefix = local.spark_logs_prefix, archive = null, expire = 14, superseded = local.day_of_grace },
      { id = "forget-deleted", prefix = "", archive = null, expire = null, superseded = local.month_of_grace },
    ]
    artifacts = [
      { id = "forget-superseded", prefix = "", archive = null, expire = null, superseded = 90 },
    ]
    results = [
      { id = "expire-results", prefix = "", archive = null, expire = var.results_retention_days, superseded = null },
    ]
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "zone" {
  for_each = local.zones

  bucket = aws_s3_bucket.zone[each.key].id

  rule {
    id     = "abort-incomplete-uploads"
    status = "Enabled"

    filter {
      prefix = ""
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 3
    }
  }

  dynamic "rule" {
    for_each = local.lifecycle_rules[each.key]

    content {
      id     = rule.value.id
      status = "Enabled"

      filter {
        prefix = rule.value.prefix
      }

      dynamic "transition" {
        for_each = rule.value.archive[*]

        content {
          days          = transition.value
          storage_class = "GLACIER_IR"
        }
      }

      # Age takes delete markers with it; without one, those go that nothing lies under any more.
      expiration {
        days                         = rule.value.expire
        expired_object_delete_marker = rule.value.expire == null ? true : null
      }

      dynamic "noncurrent_version_expiration" {
        for_each = rule.value.superseded[*]

        content {
          noncurrent_days = noncurrent_version_expiration.value
        }
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.zone]
}
