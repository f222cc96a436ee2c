# One bucket per zone, since access, encryption and life differ by zone (see bucket_policies.tf, bucket_lifecycles.tf).

locals {
  # Versioned where an overwritten or deleted object could not be made again, and where deployments are rolled back.
  zones = {
    raw       = { name = local.names.raw_bucket, versioned = true }
    processed = { name = local.names.processed_bucket, versioned = false }
    work      = { name = local.names.work_bucket, versioned = true }
    artifacts = { name = local.names.artifacts_bucket, versioned = true }
    results   = { name = local.names.results_bucket, versioned = false }
  }
}

resource "aws_s3_bucket" "zone" {
  for_each = local.zones

  bucket        = each.value.name
  force_destroy = var.force_destroy
}

resource "aws_s3_bucket_public_access_block" "zone" {
  for_each = local.zones

  bucket                  = aws_s3_bucket.zone[each.key].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "zone" {
  for_each = local.zones

  bucket = aws_s3_bucket.zone[each.key].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "zone" {
  for_each = local.zones

  bucket = aws_s3_bucket.zone[each.key].id

  rule {
    # One data key per bucket and time instead of one KMS call per object; the key's policies rely on it (key_use.tf).
    bucket_key_enabled       = true
    blocked_encryption_types = ["SSE-C"]

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.data.arn
    }
  }
}

resource "aws_s3_bucket_versioning" "zone" {
  for_each = { for zone, bucket in local.zones : zone => bucket if bucket.versioned }

  bucket = aws_s3_bucket.zone[each.key].id

  versioning_configuration {
    status = "Enabled"
  }
}
