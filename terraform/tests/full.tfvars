# All that can be asked for at once, MWAA included: laid over environments/dev.tfvars by tests/terraform and make audit.
create_airflow     = true
function_package   = "json_to_parquet.zip"
monthly_budget_usd = 100
alarm_emails       = ["on-call@example.com"]
catch_up_schedule  = "cron(0 2 * * ? *)"
crawler_schedule   = "cron(30 * * * ? *)"
raw_retention_days = 730
