# The Glue job reads raw events, writes rows nobody sees yet, and in catch-up mode publishes. It cannot delete raw.

data "aws_iam_policy_document" "glue_job" {
  source_policy_documents = [
    data.aws_iam_policy_document.key_use["glue-job"].json,
    data.aws_iam_policy_document.publication.json,
  ]

  statement {
    sid       = "ReadRawEvents"
    actions   = ["s3:GetObject"]
    resources = ["${local.bucket_arns.raw}/${local.prefixes.events}*"]
  }

  statement {
    sid       = "WriteQuarantine"
    actions   = ["s3:AbortMultipartUpload", "s3:PutObject"]
    resources = ["${local.bucket_arns.raw}/${local.prefixes.quarantine}*"]
  }

  # To judge again what a published run did not accept. Nobody else reads it: it may hold personal data.
  statement {
    sid       = "ReadQuarantine"
    actions   = ["s3:GetObject"]
    resources = ["${local.bucket_arns.raw}/${local.prefixes.quarantine}*"]
  }

  statement {
    sid       = "ListQuarantine"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket_arns.raw]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["${local.prefixes.quarantine}*"]
    }
  }

  statement {
    sid     = "WriteCandidatesAndBooks"
    actions = ["s3:AbortMultipartUpload", "s3:PutObject"]
    resources = [
      for prefix in ["candidates", "ledgers", "replays"] : "${local.bucket_arns.work}/${local.prefixes[prefix]}*"
    ]
  }

  # Spark's committer writes, moves and clears here; the folder markers are Hadoop's, which looks for the folder itself too.
  statement {
    sid     = "StageRows"
    actions = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = [
      "${local.bucket_arns.work}/${local.prefixes.staging}*",
      "${local.bucket_arns.work}/${trimsuffix(local.prefixes.staging, "/")}",
      "${local.bucket_arns.work}/${trimsuffix(local.prefixes.staging, "/")}_$folder$",
    ]
  }

  statement {
    sid       = "WriteSparkEventLogs"
    actions   = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = ["${local.bucket_arns.work}/${local.spark_logs_prefix}*"]
  }

  statement {
    sid     = "LoadItsCode"
    actions = ["s3:GetObject"]
    resources = [
      "${local.bucket_arns.artifacts}/${local.prefixes.glue_library}",
      "${local.bucket_arns.artifacts}/${local.prefixes.glue_script}",
    ]
  }

  # Glue names the groups after the job's kind and the security configuration.
  statement {
    sid       = "Log"
    actions   = ["logs:AssociateKmsKey", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.logs_arn}:/aws-glue/jobs/*"]
  }

  statement {
    sid       = "ReportMetricsOfGlue"
    actions   = ["cloudwatch:PutMetricData"]
    resources = ["*"] # CloudWatch knows no resource for metrics; the namespace is what narrows it

    condition {
      test     = "StringEquals"
      variable = "cloudwatch:namespace"
      values   = ["Glue"]
    }
  }

  statement {
    sid       = "ReadItsBookmark"
    actions   = ["glue:GetJobBookmark"]
    resources = ["*"] # bookmarks know no resource
  }

  # Glue encrypts bookmarks on the client's side, without a context that a policy could ask for. What S3 encrypts is
  # not meant: those calls come by way of S3.
  statement {
    sid       = "EncryptBookmarks"
    actions   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.data.arn]

    condition {
      test     = "StringEqualsIfExists"
      variable = "kms:ViaService"
      values   = ["glue.${var.region}.${data.aws_partition.current.dns_suffix}"]
    }
  }
}
