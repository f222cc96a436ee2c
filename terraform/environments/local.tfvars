# The local AWS: its stack is planned with this (make stack), never applied by Terraform.
environment             = "local"
region                  = "eu-west-1"
account_id              = "123456789012" # moto's
firehose_buffer_seconds = 60
firehose_buffer_mib     = 5
glue_worker_count       = 2
function_package        = "json_to_parquet.zip"
