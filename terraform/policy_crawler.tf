# The crawler looks at rows and adds partitions. It can neither write data nor change a table.

data "aws_iam_policy_document" "crawler" {
  source_policy_documents = [data.aws_iam_policy_document.key_use["crawler"].json]

  statement {
    sid       = "ListRows"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket"]
    resources = [local.bucket_arns.processed]
  }

  statement {
    sid       = "ReadRows"
    actions   = ["s3:GetObject"]
    resources = ["${local.bucket_arns.processed}/year=*"]
  }

  statement {
    sid = "AddPartitions"
    actions = [
      "glue:BatchCreatePartition", "glue:BatchGetPartition", "glue:CreatePartition", "glue:GetDatabase",
      "glue:GetPartition", "glue:GetPartitions", "glue:GetTable", "glue:GetTables", "glue:UpdatePartition",
    ]
    resources = concat(local.catalog_arns, [local.table_arns.generations])
  }

  statement {
    sid       = "Log"
    actions   = ["logs:AssociateKmsKey", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.logs_arn}:/aws-glue/crawlers*"]
  }
}
