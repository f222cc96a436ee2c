# Amazon MWAA, when create_airflow says so.

locals {
  # What [clickstream] of Airflow's configuration must say, here or in an environment that exists.
  airflow_configuration = {
    "clickstream.environment"     = var.environment
    "clickstream.account_id"      = local.account_id
    "clickstream.region"          = var.region
    "clickstream.alert_topic_arn" = local.topic_arn
  }
  # As scripts/build_artifacts.py lays them out. MWAA takes a new version only when it is named in its environment.
  airflow_folder  = "${var.artifacts_folder}/mwaa"
  airflow_objects = toset(["plugins.zip", "requirements.txt"])
  dag_files       = try(fileset("${local.airflow_folder}/dags", "**"), [])
  airflow_network = var.create_airflow ? coalesce(var.airflow_network, local.made_network) : null
}

resource "aws_s3_object" "airflow" {
  for_each = var.create_airflow ? local.airflow_objects : []

  bucket      = aws_s3_bucket.zone["artifacts"].id
  key         = each.value
  source      = "${local.airflow_folder}/${each.value}"
  source_hash = try(filebase64sha256("${local.airflow_folder}/${each.value}"), null)

  lifecycle {
    precondition {
      condition     = fileexists("${local.airflow_folder}/${each.value}")
      error_message = "${local.airflow_folder}/${each.value} is not built. Run in the repository: python scripts/build_artifacts.py"
    }
  }

  depends_on = [aws_s3_bucket_server_side_encryption_configuration.zone, aws_s3_bucket_versioning.zone]
}

# The DAGs and the package they import, file by file: MWAA takes them from the bucket within a minute.
resource "aws_s3_object" "dag" {
  for_each = var.create_airflow ? local.dag_files : []

  bucket      = aws_s3_bucket.zone["artifacts"].id
  key         = "dags/${each.value}"
  source      = "${local.airflow_folder}/dags/${each.value}"
  source_hash = filebase64sha256("${local.airflow_folder}/dags/${each.value}")

  depends_on = [aws_s3_bucket_server_side_encryption_configuration.zone, aws_s3_bucket_versioning.zone]
}

resource "aws_security_group" "airflow" {
  count = var.create_airflow ? 1 : 0

  name        = local.own_names["airflow"]
  description = "MWAA's parts talk to each other, and to AWS"
  vpc_id      = local.airflow_network.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "airflow" {
  count = var.create_airflow ? 1 : 0

  security_group_id            = aws_security_group.airflow[0].id
  description                  = "Scheduler, workers, web server and database of this environment"
  referenced_security_group_id = aws_security_group.airflow[0].id
  ip_protocol                  = "-1"
}

resource "aws_vpc_security_group_egress_rule" "itself" {
  count = var.create_airflow ? 1 : 0

  security_group_id            = aws_security_group.airflow[0].id
  description                  = "The same, outwards"
  referenced_security_group_id = aws_security_group.airflow[0].id
  ip_protocol                  = "-1"
}

resource "aws_vpc_security_group_egress_rule" "https" {
  count = var.create_airflow ? 1 : 0

  security_group_id = aws_security_group.airflow[0].id
  description       = "AWS's services and the package index, by HTTPS only"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_mwaa_environment" "airflow" {
  count = var.create_airflow ? 1 : 0

  name                           = local.deployment
  airflow_version                = var.airflow_version
  environment_class              = var.airflow_class
  min_workers                    = 1
  max_workers                    = var.airflow_max_workers
  webserver_access_mode          = var.airflow_access_mode
  execution_role_arn             = aws_iam_role.actor["airflow"].arn
  kms_key                        = aws_kms_key.data.arn
  source_bucket_arn              = aws_s3_bucket.zone["artifacts"].arn
  dag_s3_path                    = "dags"
  plugins_s3_path                = aws_s3_object.airflow["plugins.zip"].key
  plugins_s3_object_version      = aws_s3_object.airflow["plugins.zip"].version_id
  requirements_s3_path           = aws_s3_object.airflow["requirements.txt"].key
  requirements_s3_object_version = aws_s3_object.airflow["requirements.txt"].version_id
  airflow_configuration_options  = local.airflow_configuration

  network_configuration {
    security_group_ids = [aws_security_group.airflow[0].id]
    subnet_ids         = local.airflow_network.private_subnet_ids
  }

  logging_configuration {
    dag_processing_logs {
      enabled   = true
      log_level = "WARNING"
    }
    scheduler_logs {
      enabled   = true
      log_level = "WARNING"
    }
    task_logs {
      enabled   = true
      log_level = "INFO"
    }
    webserver_logs {
      enabled   = true
      log_level = "WARNING"
    }
    worker_logs {
      enabled   = true
      log_level = "WARNING"
    }
  }

  lifecycle {
    precondition {
      condition     = length(local.dag_files) > 0
      error_message = "${local.airflow_folder}/dags is not built. Run in the repository: python scripts/build_artifacts.py"
    }
  }

  depends_on = [aws_iam_role_policy.mwaa, aws_iam_role_policy_attachment.airflow, aws_s3_object.dag, aws_route.private]
}
