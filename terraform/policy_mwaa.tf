# What MWAA itself asks of an execution role, whatever the DAGs do.

data "aws_iam_policy_document" "mwaa" {
  count = var.create_airflow ? 1 : 0

  statement {
    sid       = "ReportHealth"
    actions   = ["airflow:PublishMetrics"]
    resources = [local.environment_arn]
  }

  statement {
    sid       = "LoadItsCode"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = [for key in ["dags/*", "plugins.zip", "requirements.txt"] : "${local.bucket_arns.artifacts}/${key}"]
  }

  statement {
    sid = "CheckItsBucket"
    actions = [
      "s3:GetBucketLocation", "s3:GetBucketPublicAccessBlock", "s3:GetBucketVersioning",
      "s3:GetEncryptionConfiguration", "s3:ListBucket", "s3:ListBucketVersions",
    ]
    resources = [local.bucket_arns.artifacts]
  }

  statement {
    sid       = "CheckTheAccountsPublicAccess"
    actions   = ["s3:GetAccountPublicAccessBlock"]
    resources = ["*"] # a setting of the account, which knows no resource
  }

  statement {
    sid = "Log"
    actions = [
      "logs:CreateLogGroup", "logs:CreateLogStream", "logs:GetLogEvents", "logs:GetLogGroupFields",
      "logs:GetLogRecord", "logs:GetQueryResults", "logs:PutLogEvents",
    ]
    resources = ["${local.logs_arn}:airflow-${local.deployment}-*"]
  }

  statement {
    sid       = "FindItsLogGroups"
    actions   = ["logs:DescribeLogGroups"]
    resources = ["*"] # MWAA lists without a prefix that a policy could name
  }

  statement {
    sid       = "ReportMetrics"
    actions   = ["cloudwatch:PutMetricData"]
    resources = ["*"] # CloudWatch knows no resource for metrics, and MWAA documents no namespace to narrow it to
  }

  # Celery's queues lie in an account of MWAA's own, which it does not tell.
  statement {
    sid = "PassTasksToWorkers"
    actions = [
      "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl",
      "sqs:ReceiveMessage", "sqs:SendMessage",
    ]
    resources = ["arn:${local.partition}:sqs:${var.region}:*:airflow-celery-*"]
  }

  statement {
    sid       = "UseTheKeyOfTheEnvironment"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.data.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["sqs.${var.region}.${data.aws_partition.current.dns_suffix}"]
    }
  }

  statement {
    sid       = "DecryptItsCode"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.data.arn]

    condition {
      test     = "StringLike"
      variable = "kms:EncryptionContext:aws:s3:arn"
      values   = [local.bucket_arns.artifacts, "${local.bucket_arns.artifacts}/*"]
    }
  }
}

resource "aws_iam_role_policy" "mwaa" {
  count = var.create_airflow ? 1 : 0

  name   = "mwaa"
  role   = aws_iam_role.actor["airflow"].name
  policy = data.aws_iam_policy_document.mwaa[0].json
}
