# Firehose writes events and its own errors, and reads nothing.

data "aws_iam_policy_document" "firehose" {
  source_policy_documents = [data.aws_iam_policy_document.key_use["firehose"].json]

  statement {
    sid     = "DeliverEventsAndErrors"
    actions = ["s3:AbortMultipartUpload", "s3:PutObject"]
    resources = [
      "${local.bucket_arns.raw}/${local.prefixes.events}*",
      "${local.bucket_arns.raw}/${local.prefixes.errors}*",
    ]
  }

  statement {
    sid       = "FindTheRawBucket"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
    resources = [local.bucket_arns.raw]
  }

  statement {
    sid       = "LogFailedDeliveries"
    actions   = ["logs:PutLogEvents"]
    resources = ["${local.logs_arn}:/aws/kinesisfirehose/${local.names.stream}:log-stream:delivery"]
  }
}
