# Size and pace of each stage.

variable "firehose_buffer_seconds" {
  description = "Seconds after which Firehose delivers what it has. Small: fresher data, more and smaller raw objects."
  type        = number
  default     = 60

  validation {
    condition     = var.firehose_buffer_seconds >= 60 && var.firehose_buffer_seconds <= 900
    error_message = "firehose_buffer_seconds: expected 60 to 900, got ${var.firehose_buffer_seconds}."
  }
}

variable "firehose_buffer_mib" {
  description = "MiB after which Firehose delivers, before compression. 5 shows events soon, 128 makes good objects."
  type        = number
  default     = 5

  validation {
    condition     = var.firehose_buffer_mib >= 1 && var.firehose_buffer_mib <= 128
    error_message = "firehose_buffer_mib: Firehose takes 1 to 128 MiB, got ${var.firehose_buffer_mib}."
  }
}

variable "glue_worker_type" {
  description = "Machine of the Glue job: G.1X has 4 vCPU and 16 GB, G.2X twice that, and so on."
  type        = string
  default     = "G.1X"

  validation {
    condition     = contains(["G.1X", "G.2X", "G.4X", "G.8X"], var.glue_worker_type)
    error_message = "glue_worker_type: expected G.1X, G.2X, G.4X or G.8X, got ${var.glue_worker_type}."
  }
}

variable "glue_worker_count" {
  description = "Machines of one run of the Glue job, the driver among them."
  type        = number
  default     = 2

  validation {
    condition     = var.glue_worker_count >= 2 && var.glue_worker_count <= 100
    error_message = "glue_worker_count: expected 2 (a driver and an executor) to 100, got ${var.glue_worker_count}."
  }
}

variable "glue_concurrent_runs" {
  description = "Runs of the Glue job at the same time: as many days as a backfill does at once, and catch-up."
  type        = number
  default     = 4

  validation {
    condition     = var.glue_concurrent_runs >= 1 && var.glue_concurrent_runs <= 50
    error_message = "glue_concurrent_runs: expected 1 to 50, got ${var.glue_concurrent_runs}."
  }
}

variable "glue_timeout_minutes" {
  description = "Minutes after which Glue ends a run. The DAG waits four hours."
  type        = number
  default     = 60

  validation {
    condition     = var.glue_timeout_minutes >= 10 && var.glue_timeout_minutes <= 230
    error_message = "glue_timeout_minutes: expected 10 to 230, below the four hours that the DAG waits, got ${var.glue_timeout_minutes}."
  }
}

variable "crawler_schedule" {
  description = "When the crawler runs by itself, as cron(...) in UTC, for those without Airflow. null: when the DAG starts it."
  type        = string
  default     = null

  validation {
    condition     = var.crawler_schedule == null ? true : can(regex("^cron\\([^()]+\\)$", var.crawler_schedule))
    error_message = "crawler_schedule: expected cron(...), such as cron(30 1 * * ? *), or null."
  }
}

variable "catch_up_schedule" {
  description = "When the Glue job runs by itself in catch-up mode, as cron(...) in UTC, for those without Airflow. null: never."
  type        = string
  default     = null

  validation {
    condition     = var.catch_up_schedule == null ? true : can(regex("^cron\\([^()]+\\)$", var.catch_up_schedule))
    error_message = "catch_up_schedule: expected cron(...), such as cron(0 2 * * ? *), or null."
  }
}

variable "athena_scan_limit_gib" {
  description = "GiB that one query may scan before Athena cancels it."
  type        = number
  default     = 100

  validation {
    condition     = var.athena_scan_limit_gib >= 1 && var.athena_scan_limit_gib <= 10240
    error_message = "athena_scan_limit_gib: expected 1 to 10240, got ${var.athena_scan_limit_gib}."
  }
}

variable "artifacts_folder" {
  description = "Folder with what scripts/build_artifacts.py built, seen from the folder of this file."
  type        = string
  default     = "../build"

  validation {
    condition     = length(trimspace(var.artifacts_folder)) > 0
    error_message = "artifacts_folder: expected a folder, such as ../build."
  }
}

variable "function_package" {
  description = "Name of the json_to_parquet zip within artifacts_folder. null: no function, no minutes-fresh path."
  type        = string
  default     = null

  validation {
    condition     = var.function_package == null ? true : can(regex("^[A-Za-z0-9._-]+\\.zip$", var.function_package))
    error_message = "function_package: expected the name of a zip file within artifacts_folder, or null."
  }
}

variable "function_concurrency" {
  description = "Copies of the function at the same time: its share of the account's, and what it may cost."
  type        = number
  default     = 10

  validation {
    condition     = var.function_concurrency >= 1 && var.function_concurrency <= 500
    error_message = "function_concurrency: expected 1 to 500, got ${var.function_concurrency}."
  }
}

variable "function_memory_mib" {
  description = "Memory of the function; its share of a CPU grows with it."
  type        = number
  default     = 1024

  validation {
    condition     = var.function_memory_mib >= 512 && var.function_memory_mib <= 10240
    error_message = "function_memory_mib: expected 512 to 10240, got ${var.function_memory_mib}."
  }
}
