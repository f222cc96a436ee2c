# Names are templates of pipeline.json, which the DAGs, the Glue job and the local AWS read too. Those that only AWS
# resources of this folder need are clickstream-<role>-<environment>.

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {
  count = var.account_id == null ? 1 : 0
}

locals {
  partition  = data.aws_partition.current.partition
  account_id = var.account_id == null ? data.aws_caller_identity.current[0].account_id : var.account_id

  repository    = "${path.module}/.."
  pipeline_file = "${local.repository}/dags/clickstream/pipeline.json"
  pipeline      = jsondecode(file(local.pipeline_file))
  prefixes      = local.pipeline.prefixes
  tables        = local.pipeline.tables
  metrics       = local.pipeline.metrics # of our own, which the Glue job and the DAGs send

  names = {
    for role, template in local.pipeline.names :
    role => replace(replace(template, "{environment}", var.environment), "{account_id}", local.account_id)
  }

  # Of what the DAGs and jobs never name.
  own_names = {
    for role in [
      "firehose", "glue-job", "crawler", "json-to-parquet", "airflow", "analyst", "analysts", "data", "alarms", "journal",
      "json-to-parquet-dead-letters", "network", "job-failures",
    ] : role => "clickstream-${role}-${var.environment}"
  }
  deployment        = "clickstream-${var.environment}" # of which there is one: tag, MWAA environment, dashboard, ...
  spark_logs_prefix = "spark-logs/"                    # in the work bucket, so that nothing but Parquet lies in the processed one
}

# ARNs by name: policies are then known at plan time, whatever exists already, and a test can read them there.
locals {
  arn_scope = "${var.region}:${local.account_id}"

  bucket_arns = { for zone in keys(local.zones) : zone => "arn:${local.partition}:s3:::${local.zones[zone].name}" }
  role_arns = {
    for actor in local.actors : actor => "arn:${local.partition}:iam::${local.account_id}:role/${local.own_names[actor]}"
  }
  stream_arn      = "arn:${local.partition}:firehose:${local.arn_scope}:deliverystream/${local.names.stream}"
  job_arn         = "arn:${local.partition}:glue:${local.arn_scope}:job/${local.names.glue_job}"
  crawler_arn     = "arn:${local.partition}:glue:${local.arn_scope}:crawler/${local.names.crawler}"
  function_arn    = "arn:${local.partition}:lambda:${local.arn_scope}:function:${local.own_names["json-to-parquet"]}"
  environment_arn = "arn:${local.partition}:airflow:${local.arn_scope}:environment/${local.deployment}"
  topic_arn       = "arn:${local.partition}:sns:${local.arn_scope}:${local.own_names["alarms"]}"
  logs_arn        = "arn:${local.partition}:logs:${local.arn_scope}:log-group"
  alarms_arn      = "arn:${local.partition}:cloudwatch:${local.arn_scope}:alarm"
  rules_arn       = "arn:${local.partition}:events:${local.arn_scope}:rule"

  workgroup_arns = {
    for who, workgroup in local.workgroups : who => "arn:${local.partition}:athena:${local.arn_scope}:workgroup/${workgroup.name}"
  }

  # Glue checks a call on a table against its catalog and its database too.
  catalog_arns = [
    "arn:${local.partition}:glue:${local.arn_scope}:catalog",
    "arn:${local.partition}:glue:${local.arn_scope}:database/${local.names.database}",
  ]
  table_arns = {
    for role, name in merge(local.tables, { quarantine_lines = local.quarantine_lines }) :
    role => "arn:${local.partition}:glue:${local.arn_scope}:table/${local.names.database}/${name}"
  }
}
