# Amazon MWAA, as an option: it costs some hundred dollars a month, busy or not (docs/costs.md).

variable "create_airflow" {
  description = "Whether to make an MWAA environment. false: outputs say what an environment that exists already needs."
  type        = bool
  default     = false

  validation {
    condition     = !(var.create_airflow && var.existing_airflow_role_arn != null)
    error_message = "create_airflow: two environments would run the same days; leave create_airflow or existing_airflow_role_arn out."
  }
}

variable "existing_airflow_role_arn" {
  description = "Execution role of an MWAA environment that exists; it gets the DAGs' policy. null: none."
  type        = string
  default     = null

  validation {
    condition     = var.existing_airflow_role_arn == null ? true : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/.+$", var.existing_airflow_role_arn))
    error_message = "existing_airflow_role_arn: expected arn:aws:iam::<account>:role/<name>, or null."
  }
}

variable "airflow_version" {
  description = "Airflow of the MWAA environment; requirements-mwaa.txt and the DAGs are made for this one."
  type        = string
  default     = "3.3.1"

  validation {
    condition     = can(regex("^3\\.[0-9]+\\.[0-9]+$", var.airflow_version))
    error_message = "airflow_version: expected 3.<minor>.<patch>: the DAGs use Airflow 3's partition timetables."
  }
}

variable "airflow_class" {
  description = "Size of the MWAA environment's scheduler, web server and workers."
  type        = string
  default     = "mw1.small"

  validation {
    condition     = contains(["mw1.small", "mw1.medium", "mw1.large", "mw1.xlarge", "mw1.2xlarge"], var.airflow_class)
    error_message = "airflow_class: expected mw1.small, mw1.medium, mw1.large, mw1.xlarge or mw1.2xlarge, got ${var.airflow_class}."
  }
}

variable "airflow_max_workers" {
  description = "Workers that MWAA may add. The DAGs wait without a worker, so few are enough."
  type        = number
  default     = 2

  validation {
    condition     = var.airflow_max_workers >= 1 && var.airflow_max_workers <= 25
    error_message = "airflow_max_workers: expected 1 to 25, got ${var.airflow_max_workers}."
  }
}

variable "airflow_access_mode" {
  description = "Who can reach the web server: PRIVATE_ONLY from within the VPC, PUBLIC_ONLY from anywhere, signed in by IAM."
  type        = string
  default     = "PRIVATE_ONLY"

  validation {
    condition     = contains(["PRIVATE_ONLY", "PUBLIC_ONLY"], var.airflow_access_mode)
    error_message = "airflow_access_mode: expected PRIVATE_ONLY or PUBLIC_ONLY, got ${var.airflow_access_mode}."
  }
}

variable "airflow_network" {
  description = "VPC and two private subnets with a way to AWS's services, in two zones. null: they are made, with NAT."
  type        = object({ vpc_id = string, private_subnet_ids = list(string) })
  default     = null

  validation {
    condition     = var.airflow_network == null ? true : length(distinct(var.airflow_network.private_subnet_ids)) == 2
    error_message = "airflow_network: MWAA takes exactly two private subnets, in two zones."
  }
}

variable "vpc_cidr" {
  description = "Address range of the VPC that is made for MWAA; /16 to /24."
  type        = string
  default     = "10.42.0.0/20"

  validation {
    condition     = can(cidrhost(var.vpc_cidr, 0)) && can(regex("/(1[6-9]|2[0-4])$", var.vpc_cidr))
    error_message = "vpc_cidr: expected an IPv4 range of /16 to /24, such as 10.42.0.0/20, got ${var.vpc_cidr}."
  }
}

variable "nat_gateway_count" {
  description = "NAT gateways of that VPC. 1 is cheap; with 2 Airflow outlives the loss of a zone."
  type        = number
  default     = 1

  validation {
    condition     = contains([1, 2], var.nat_gateway_count)
    error_message = "nat_gateway_count: expected 1, or 2 (one per zone), got ${var.nat_gateway_count}."
  }
}
