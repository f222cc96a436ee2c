# What each actor may encrypt and decrypt: with a bucket key, the encryption context is the bucket's ARN, so one key
# still keeps an analyst from raw events. (An object that was written without one has its own ARN, hence the second.)

locals {
  key_zones = {
    "firehose"        = { reads = [], writes = ["raw"] }
    "glue-job"        = { reads = ["artifacts"], writes = ["raw", "processed", "work", "results"] }
    "crawler"         = { reads = ["processed"], writes = [] }
    "json-to-parquet" = { reads = ["raw"], writes = ["processed", "work"] }
    "airflow"         = { reads = [], writes = ["processed", "work", "results"] }
    "analyst"         = { reads = ["processed", "work"], writes = ["results"] }
  }
}

data "aws_iam_policy_document" "key_use" {
  for_each = local.key_zones

  dynamic "statement" {
    for_each = length(each.value.reads) > 0 ? [each.value.reads] : []

    content {
      sid       = "DecryptItsInputs"
      actions   = ["kms:Decrypt"]
      resources = [aws_kms_key.data.arn]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["s3.${var.region}.${data.aws_partition.current.dns_suffix}"]
      }
      condition {
        test     = "StringLike"
        variable = "kms:EncryptionContext:aws:s3:arn"
        values   = flatten([for zone in statement.value : [local.bucket_arns[zone], "${local.bucket_arns[zone]}/*"]])
      }
    }
  }

  # S3 needs Decrypt for a multipart upload, too.
  dynamic "statement" {
    for_each = length(each.value.writes) > 0 ? [each.value.writes] : []

    content {
      sid       = "EncryptItsOutputs"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [aws_kms_key.data.arn]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["s3.${var.region}.${data.aws_partition.current.dns_suffix}"]
      }
      condition {
        test     = "StringLike"
        variable = "kms:EncryptionContext:aws:s3:arn"
        values   = flatten([for zone in statement.value : [local.bucket_arns[zone], "${local.bucket_arns[zone]}/*"]])
      }
    }
  }
}
