# When to be told, and where.

variable "alarm_emails" {
  description = "Addresses that get the alarms; each confirms by a link. Other subscribers use the output alarm_topic_arn."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.alarm_emails : can(regex("^[^@ ]+@[^@ ]+\\.[^@ ]+$", address))])
    error_message = "alarm_emails: expected e-mail addresses."
  }
}

variable "publication_age_hours" {
  description = "Hours without any publication after which the alarm goes: a day is published about an hour after its end."
  type        = number
  default     = 30

  validation {
    condition     = var.publication_age_hours >= 25 && var.publication_age_hours <= 168
    error_message = "publication_age_hours: expected 25 (a day, and the time to publish it) to 168, CloudWatch's most."
  }
}

variable "quarantined_share_alarm" {
  description = "Share of quarantined records (0 to 1) above which to warn; the job refuses a day above its own limit."
  type        = number
  default     = 0.02

  validation {
    condition     = var.quarantined_share_alarm > 0 && var.quarantined_share_alarm < local.pipeline.limits.max_quarantined_share
    error_message = "quarantined_share_alarm: expected more than 0 and less than max_quarantined_share of pipeline.json, where the job refuses the day."
  }
}

variable "monthly_budget_usd" {
  description = "US dollars a month for what carries this deployment's tag; mails at 80 % spent and 100 % forecast. null: none."
  type        = number
  default     = null

  validation {
    condition     = var.monthly_budget_usd == null ? true : var.monthly_budget_usd >= 1
    error_message = "monthly_budget_usd: expected at least 1, or null."
  }
}
