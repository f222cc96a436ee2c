# People who ask, in a workgroup of their own. The view runs with their rights, so they need its tables; raw events and
# quarantine are not theirs, nor are the answers that others got about these.

locals {
  analyst_tables = ["events", "generations", "published", "ledgers", "quality"]
}

data "aws_iam_policy_document" "analyst" {
  source_policy_documents = [
    data.aws_iam_policy_document.key_use["analyst"].json,
    data.aws_iam_policy_document.query["analysts"].json,
  ]

  statement {
    sid = "UseTheWorkgroup"
    actions = [
      "athena:BatchGetNamedQuery", "athena:BatchGetQueryExecution", "athena:GetNamedQuery", "athena:GetWorkGroup",
      "athena:ListNamedQueries", "athena:ListQueryExecutions",
    ]
    resources = [local.workgroup_arns.analysts]
  }

  statement {
    sid       = "ChooseTheWorkgroupInTheConsole"
    actions   = ["athena:ListDataCatalogs", "athena:ListWorkGroups"]
    resources = ["*"] # lists of the account, which know no resource
  }

  statement {
    sid       = "ReadTheCatalog"
    actions   = ["glue:GetDatabase", "glue:GetPartition", "glue:GetPartitions", "glue:GetTable", "glue:GetTables"]
    resources = concat(local.catalog_arns, [for table in local.analyst_tables : local.table_arns[table]])
  }

  statement {
    sid       = "ListRows"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket"]
    resources = [local.bucket_arns.processed]
  }

  statement {
    sid       = "ListBooks"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket_arns.work]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = [for prefix in ["ledgers", "quality", "snapshots"] : "${local.prefixes[prefix]}*"]
    }
  }

  statement {
    sid     = "ReadRowsAndBooks"
    actions = ["s3:GetObject"]
    resources = concat(["${local.bucket_arns.processed}/year=*"], [
      for prefix in ["ledgers", "quality", "snapshots"] : "${local.bucket_arns.work}/${local.prefixes[prefix]}*"
    ])
  }
}
