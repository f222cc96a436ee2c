# The function reads raw events, writes today's live rows and, where no DAG runs, names them in a snapshot.

data "aws_iam_policy_document" "json_to_parquet" {
  source_policy_documents = [data.aws_iam_policy_document.key_use["json-to-parquet"].json]

  statement {
    sid       = "ReadRawEvents"
    actions   = ["s3:GetObject"]
    resources = ["${local.bucket_arns.raw}/${local.prefixes.events}*"]
  }

  # To be told 404 about an object that is gone, and not 403.
  statement {
    sid       = "TellMissingFromForbidden"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket_arns.raw, local.bucket_arns.work]
  }

  statement {
    sid       = "WriteLiveRows"
    actions   = ["s3:PutObject"]
    resources = ["${local.bucket_arns.processed}/year=*/month=*/day=*/part-*-live-*.parquet"] # nobody else's files
  }

  statement {
    sid       = "WriteSnapshots"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${local.bucket_arns.work}/${local.prefixes.snapshots}*"]
  }

  statement {
    sid       = "ReadTheCatalog"
    actions   = ["glue:GetTable"]
    resources = concat(local.catalog_arns, [local.table_arns.published])
  }

  statement {
    sid       = "CommitPublications"
    actions   = ["glue:UpdateTable"]
    resources = concat(local.catalog_arns, [local.table_arns.published])
  }

  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.logs_arn}:/aws/lambda/${local.function_name}:log-stream:*"]
  }

  statement {
    sid       = "ReportDeadLetters"
    actions   = ["sqs:SendMessage"]
    resources = [local.dead_letters_arn]
  }

  statement {
    sid       = "EncryptDeadLetters"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.data.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:aws:sqs:arn"
      values   = [local.dead_letters_arn]
    }
  }

  statement {
    sid       = "DecryptItsSettings"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.data.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:aws:lambda:FunctionArn"
      values   = [local.function_arn]
    }
  }
}

locals {
  dead_letters_arn = "arn:${local.partition}:sqs:${local.arn_scope}:${local.own_names["json-to-parquet-dead-letters"]}"
}
