# Small and fresh. Prices of it: docs/costs.md.
environment             = "dev"
region                  = "eu-west-1"
firehose_buffer_seconds = 60
firehose_buffer_mib     = 5
glue_worker_type        = "G.1X"
glue_worker_count       = 2
log_retention_days      = 14
key_deletion_days       = 7
athena_scan_limit_gib   = 10
function_package        = "json_to_parquet.zip"
