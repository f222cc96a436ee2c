# Where and for whom. What each part of the pipeline may be told stands in variables_<part>.tf.

variable "environment" {
  description = "Name of the deployment; part of every resource's name, and the DAGs' clickstream.environment."
  type        = string
  default     = "dev"

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{0,15}$", var.environment))
    error_message = "environment: expected 1 to 16 lower-case letters and digits, such as dev, got \"${var.environment}\"."
  }
}

variable "region" {
  description = "AWS region of every resource, and the DAGs' clickstream.region."
  type        = string
  default     = "eu-west-1"

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region: expected an AWS region, such as eu-west-1, got \"${var.region}\"."
  }
}

variable "account_id" {
  description = "Account to deploy into; any other account's credentials are then refused. null: the credentials' own."
  type        = string
  default     = null

  validation {
    condition     = var.account_id == null || can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id: expected the 12 digits of an AWS account, or null."
  }
}

variable "tags" {
  description = "Tags of every resource, beside project, deployment and managed_by."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(setintersection(keys(var.tags), ["project", "deployment", "managed_by"])) == 0
    error_message = "tags: project, deployment and managed_by are set here; leave them out."
  }
}

variable "force_destroy" {
  description = "Whether terraform destroy may delete buckets with everything in them, raw events included."
  type        = bool
  default     = false

  validation {
    condition     = !(var.force_destroy && var.environment == "prod")
    error_message = "force_destroy: raw events of prod cannot be made again; empty its buckets by hand, if you must."
  }
}

variable "key_deletion_days" {
  description = "Days between destroying the KMS key and losing it, and with it everything that it encrypts."
  type        = number
  default     = 30

  validation {
    condition     = var.key_deletion_days >= 7 && var.key_deletion_days <= 30
    error_message = "key_deletion_days: KMS takes 7 to 30 days, got ${var.key_deletion_days}."
  }
}

variable "log_retention_days" {
  description = "Days that log groups of Firehose and the function keep. Those that Glue and MWAA make have no end."
  type        = number
  default     = 90

  validation {
    condition     = contains([7, 14, 30, 60, 90, 120, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "log_retention_days: CloudWatch takes 7, 14, 30, 60, 90, 120, 180, 365, 400, 545 or 731, got ${var.log_retention_days}."
  }
}

variable "raw_archive_days" {
  description = "Days after which raw events move to Glacier Instant Retrieval (read like any object, dearer per read)."
  type        = number
  default     = 90

  validation {
    condition     = var.raw_archive_days >= 30 && var.raw_archive_days <= 3650
    error_message = "raw_archive_days: expected 30 to 3650; a run of a younger day reads every object again."
  }
}

variable "raw_retention_days" {
  description = "Days after which raw events are deleted, with the personal data in them. null: kept for ever."
  type        = number
  default     = null

  validation {
    condition     = var.raw_retention_days == null ? true : var.raw_retention_days > var.raw_archive_days + 90
    error_message = "raw_retention_days: expected null, or more than 90 days (Glacier's shortest charge) after raw_archive_days."
  }
}

variable "quarantine_retention_days" {
  description = "Days that quarantined lines and Firehose's error records are kept; they may hold personal data."
  type        = number
  default     = 90

  validation {
    condition     = var.quarantine_retention_days >= 7 && var.quarantine_retention_days <= 3650
    error_message = "quarantine_retention_days: expected 7 to 3650, got ${var.quarantine_retention_days}."
  }
}

variable "results_retention_days" {
  description = "Days that Athena's query results are kept."
  type        = number
  default     = 7

  validation {
    condition     = var.results_retention_days >= 1 && var.results_retention_days <= 365
    error_message = "results_retention_days: expected 1 to 365, got ${var.results_retention_days}."
  }
}
