# What people and other programs need to know next.

output "environment" {
  description = "Name of the deployment."
  value       = var.environment
}

output "account_id" {
  description = "Account that it lives in."
  value       = local.account_id
}

output "firehose_stream_name" {
  description = "Stream to send events to: PutRecordBatch, or scripts/generate_events.py --stream-name."
  value       = aws_kinesis_firehose_delivery_stream.events.name
}

output "buckets" {
  description = "Bucket of each zone: raw, processed, work, artifacts, results."
  value       = { for zone, bucket in aws_s3_bucket.zone : zone => bucket.bucket }
}

output "glue_database" {
  description = "Catalog database with clickstream_events, the view to query."
  value       = aws_glue_catalog_database.events.name
}

output "glue_job" {
  description = "Glue job; started without arguments it catches up."
  value       = aws_glue_job.transform.name
}

output "crawler" {
  description = "Crawler that registers new days."
  value       = aws_glue_crawler.generations.name
}

output "athena_workgroup" {
  description = "Workgroup of the DAGs and the Glue job, and of whoever looks into quarantine."
  value       = aws_athena_workgroup.events["pipeline"].name
}

output "analyst_workgroup" {
  description = "Workgroup for people to ask in; its saved queries are those of sql/."
  value       = aws_athena_workgroup.events["analysts"].name
}

output "function_name" {
  description = "Function of the minutes-fresh path; null without function_package."
  value       = one(aws_lambda_function.json_to_parquet[*].function_name)
}

output "kms_key_arn" {
  description = "Key that encrypts everything; destroying it loses the data after key_deletion_days."
  value       = aws_kms_key.data.arn
}

output "key_deletion_days" {
  description = "Days that AWS keeps the key after its destruction."
  value       = aws_kms_key.data.deletion_window_in_days
}

output "alarm_topic_arn" {
  description = "SNS topic of the alarms, for chat or on-call subscribers."
  value       = aws_sns_topic.alarms.arn
}

output "role_arns" {
  description = "Role of each actor."
  value       = { for actor, role in aws_iam_role.actor : actor => role.arn }
}

output "airflow_policy_arn" {
  description = "Policy for the execution role of an Airflow environment that exists already."
  value       = aws_iam_policy.airflow.arn
}

output "analyst_policy_arn" {
  description = "Read-only policy for people who ask, in the workgroup analyst_workgroup."
  value       = aws_iam_policy.analyst.arn
}

output "airflow_configuration" {
  description = "Configuration options that an Airflow environment that exists already must set."
  value       = local.airflow_configuration
}

output "airflow_url" {
  description = "Web server of the MWAA environment; null without create_airflow."
  value       = one(aws_mwaa_environment.airflow[*].webserver_url)
}

output "next_steps" {
  description = "Commands for what comes next, to copy. In <> stands what only you know."
  value = merge(
    {
      send_events   = "python scripts/generate_events.py --region ${var.region} --stream-name ${local.names.stream} --count 10000"
      run_catch_up  = "aws glue start-job-run --region ${var.region} --job-name ${local.names.glue_job}"
      crawl         = "aws glue start-crawler --region ${var.region} --name ${local.names.crawler}"
      ask           = "aws athena start-query-execution --region ${var.region} --work-group ${local.workgroups.analysts.name} --query-execution-context Database=${local.names.database} --query-string 'SELECT count(*) FROM ${local.tables.events}'"
      what_happened = "aws sqs receive-message --region ${var.region} --queue-url ${aws_sqs_queue.journal.id}"
    },
    # What Terraform does for MWAA of its own; before you replace plugins and options of yours: docs/mwaa.md.
    { for step, command in local.steps_of_your_airflow : step => var.create_airflow ? "done by Terraform" : command },
  )
}

locals {
  steps_of_your_airflow = {
    upload_dags    = "aws s3 sync build/mwaa/dags s3://<the bucket of your Airflow environment>/dags"
    upload_plugins = "aws s3 cp build/mwaa/plugins.zip s3://<the bucket of your Airflow environment>/plugins.zip"
    list_plugins   = "aws s3api list-object-versions --bucket <the bucket of your Airflow environment> --prefix plugins.zip --query \"Versions[?IsLatest].VersionId\""
    # The options that it has, and those of the output airflow_configuration: the call replaces them all.
    update_airflow = "aws mwaa update-environment --region ${var.region} --name <your Airflow environment> --plugins-s3-path plugins.zip --plugins-s3-object-version <the version listed> --airflow-configuration-options file://<options.json>"
  }
}
