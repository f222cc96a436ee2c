# Large objects, long memory. Give alarm_emails, monthly_budget_usd and account_id beside it (-var, or your own file).
environment             = "prod"
region                  = "eu-west-1"
firehose_buffer_seconds = 300
firehose_buffer_mib     = 128
glue_worker_type        = "G.1X"
glue_worker_count       = 10
glue_timeout_minutes    = 180
log_retention_days      = 365
athena_scan_limit_gib   = 1024
nat_gateway_count       = 2
airflow_class           = "mw1.medium"
function_package        = "json_to_parquet.zip"
