# What everybody needs who publishes: the Glue job in catch-up mode, and the DAGs. One document each for asking Athena
# and for the commit, so that the two actors cannot drift apart.

data "aws_iam_policy_document" "query" {
  for_each = local.workgroups

  statement {
    sid = "AskAthena"
    actions = [
      "athena:GetQueryExecution", "athena:GetQueryResults", "athena:StartQueryExecution", "athena:StopQueryExecution",
    ]
    resources = [local.workgroup_arns[each.key]]
  }

  statement {
    sid       = "FindTheResultsBucket"
    actions   = ["s3:GetBucketLocation"]
    resources = [local.bucket_arns.results]
  }

  # Athena works with its caller's rights.
  statement {
    sid       = "KeepResults"
    actions   = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"]
    resources = ["${local.bucket_arns.results}/${each.value.results}*"]
  }
}

data "aws_iam_policy_document" "publication" {
  source_policy_documents = [data.aws_iam_policy_document.query["pipeline"].json]

  statement {
    sid       = "ReadTheCatalog"
    actions   = ["glue:GetDatabase", "glue:GetPartition", "glue:GetPartitions", "glue:GetTable"]
    resources = concat(local.catalog_arns, values(local.table_arns))
  }

  statement {
    sid       = "CommitPublications"
    actions   = ["glue:UpdateTable"]
    resources = concat(local.catalog_arns, [local.table_arns.published])
  }

  statement {
    sid       = "ReportPublications"
    actions   = ["cloudwatch:PutMetricData"]
    resources = ["*"] # CloudWatch knows no resource for metrics; the namespace is what narrows it

    condition {
      test     = "StringEquals"
      variable = "cloudwatch:namespace"
      values   = [local.metrics.namespace]
    }
  }

  # Of the day that is published (catch-up), and of late rows (Athena's INSERT).
  statement {
    sid       = "RegisterPartitions"
    actions   = ["glue:BatchCreatePartition", "glue:CreatePartition"]
    resources = concat(local.catalog_arns, [local.table_arns.generations])
  }

  # Without condition: who may not list a bucket is told 403 instead of 404 about a missing object.
  statement {
    sid       = "ListRowsAndBooks"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket"]
    resources = [local.bucket_arns.processed, local.bucket_arns.work]
  }

  statement {
    sid       = "ListRawEvents"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket_arns.raw]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = [trimsuffix(local.prefixes.events, "/"), "${local.prefixes.events}*"] # who lists a folder may name it so
    }
  }

  statement {
    sid     = "ReadRowsAndBooks"
    actions = ["s3:GetObject"]
    resources = concat(["${local.bucket_arns.processed}/year=*"], [
      for prefix in ["candidates", "ledgers", "quality", "replays", "snapshots"] :
      "${local.bucket_arns.work}/${local.prefixes[prefix]}*"
    ])
  }

  statement {
    sid     = "WriteSnapshotsAndChecks"
    actions = ["s3:PutObject"]
    resources = [
      "${local.bucket_arns.work}/${local.prefixes.snapshots}*", "${local.bucket_arns.work}/${local.prefixes.quality}*",
    ]
  }

  statement {
    sid       = "MergeLateRows"
    actions   = ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"]
    resources = ["${local.bucket_arns.processed}/year=*"]
  }
}
