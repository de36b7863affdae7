variable "alert_email" {
  description = "Where alerts go. Empty: alerts exist but notify nobody."
  type        = string
  default     = ""
  validation {
    condition     = var.alert_email == "" || can(regex("^[^@[:space:]]+@[^@[:space:]]+\\.[^@[:space:]]+$", var.alert_email))
    error_message = "alert_email must be an e-mail address."
  }
}

variable "alert_queue_depth" {
  description = "Alert when this many tasks have waited for 10 minutes."
  type        = number
  default     = 1000
}

variable "alert_p95_ms" {
  description = "Alert when the inline service's 95th percentile of latency stays above this, in milliseconds."
  type        = number
  default     = 5000
}

variable "billing_account" {
  description = "Billing account for a budget (needs rights on it). Empty: no budget."
  type        = string
  default     = ""
  validation {
    condition     = var.billing_account == "" || can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.billing_account))
    error_message = "billing_account must look like 012345-6789AB-CDEF01."
  }
}

variable "monthly_budget" {
  description = "Whole units of the billing account's currency per month; mails at 50, 90 and 100 %."
  type        = number
  default     = 50
}
