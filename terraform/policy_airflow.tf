# What the DAGs do: start the job and the crawler, check, publish, alert, clean up. They read no raw event. None of these calls
# hands a role to a service, so nobody here has iam:PassRole.

data "aws_iam_policy_document" "airflow" {
  source_policy_documents = [
    data.aws_iam_policy_document.key_use["airflow"].json,
    data.aws_iam_policy_document.publication.json,
  ]

  statement {
    sid       = "RunTheJob"
    actions   = ["glue:GetJob", "glue:GetJobRun", "glue:StartJobRun"]
    resources = [local.job_arn]
  }

  statement {
    sid       = "RunTheCrawler"
    actions   = ["glue:GetCrawler", "glue:StartCrawler"]
    resources = [local.crawler_arn]
  }

  statement {
    sid       = "Alert"
    actions   = ["sns:Publish"]
    resources = [local.topic_arn]
  }

  statement {
    sid       = "EncryptAlerts"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.data.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:aws:sns:topicArn"
      values   = [local.topic_arn]
    }
  }

  # The janitor. What it deletes in the work bucket can be brought back for a month: it is versioned.
  statement {
    sid     = "DeleteWhatNobodySees"
    actions = ["s3:DeleteObject"]
    resources = [
      "${local.bucket_arns.processed}/year=*",
      "${local.bucket_arns.work}/${local.prefixes.candidates}*",
      "${local.bucket_arns.work}/${local.prefixes.snapshots}*",
    ]
  }
}
