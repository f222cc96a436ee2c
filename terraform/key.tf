# One key for everything the pipeline stores. Who may use it for what is narrowed by encryption context: key_use.tf.

locals {
  key_administration = [
    "kms:CancelKeyDeletion", "kms:CreateAlias", "kms:CreateGrant", "kms:DeleteAlias", "kms:DescribeKey",
    "kms:DisableKey", "kms:DisableKeyRotation", "kms:EnableKey", "kms:EnableKeyRotation", "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus", "kms:ListGrants", "kms:ListKeyPolicies", "kms:ListResourceTags", "kms:PutKeyPolicy",
    "kms:RetireGrant", "kms:RevokeGrant", "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource",
    "kms:UpdateAlias", "kms:UpdateKeyDescription",
  ]
  key_usage = [
    "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
  ]
  # Glue and MWAA name their log groups themselves; Glue's are shared by all jobs and crawlers of an account.
  encrypted_log_groups = [
    "/aws-glue/jobs/*", "/aws-glue/crawlers*", "/aws/kinesisfirehose/${local.names.stream}",
    "/aws/lambda/${local.function_name}", "airflow-${local.deployment}-*",
  ]
}

data "aws_iam_policy_document" "key" {
  # In a key's own policy "*" is the key itself; there is no other way to name it.
  statement {
    sid       = "LetIdentityPoliciesOfThisAccountDecide"
    actions   = concat(local.key_administration, local.key_usage)
    resources = ["*"] # this key

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account_id}:root"]
    }
  }

  statement {
    sid       = "EncryptLogs"
    actions   = concat(local.key_usage, ["kms:DescribeKey"])
    resources = ["*"] # this key

    principals {
      type        = "Service"
      identifiers = ["logs.${var.region}.amazonaws.com"]
    }
    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = [for group in local.encrypted_log_groups : "${local.logs_arn}:${group}"]
    }
  }

  statement {
    sid       = "EncryptAlarms"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = ["*"] # this key

    principals {
      type        = "Service"
      identifiers = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:aws:sns:topicArn"
      values   = [local.topic_arn]
    }
  }
}

resource "aws_kms_key" "data" {
  description             = "Encrypts the click events of ${var.environment} and all that is made of them"
  enable_key_rotation     = true
  deletion_window_in_days = var.key_deletion_days
  policy                  = data.aws_iam_policy_document.key.json

  lifecycle {
    precondition {
      condition     = contains(["default", var.environment], terraform.workspace)
      error_message = "Workspace ${terraform.workspace} holds another environment than ${var.environment}: applying would replace one by the other."
    }
  }
}

resource "aws_kms_alias" "data" {
  name          = "alias/${local.own_names["data"]}"
  target_key_id = aws_kms_key.data.key_id
}
