variable "name" {
  description = "Name of the resource, unique where Azure asks for it."
  type        = string
  nullable    = false
}

variable "location" {
  description = "Azure region, e.g. westeurope."
  type        = string
  nullable    = false
}

variable "resource_group_name" {
  description = "Resource group that holds the resource."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  nullable    = false
}

variable "retention_days" {
  description = "Days that logs, traces and metrics can be queried (4 to 730). See main.tf for what happens below 30."
  type        = number
  nullable    = false

  validation {
    condition     = var.retention_days >= 4 && var.retention_days <= 730
    error_message = "retention_days must lie between 4 and 730: what a Log Analytics table accepts."
  }
}

variable "daily_quota_gb" {
  description = "Stop taking in logs after so many GB a day; -1 is no limit."
  type        = number
  default     = -1
  nullable    = false
}

variable "retained_tables" {
  description = "Tables whose retention is set one by one, because they ignore the workspace's default or it is too long."
  type        = set(string)
  default = [
    "AppAvailabilityResults", "AppBrowserTimings", "AppDependencies", "AppEvents", "AppExceptions", "AppMetrics",
    "AppPageViews", "AppPerformanceCounters", "AppRequests", "AppSystemEvents", "AppTraces",
    "AzureDiagnostics", "AzureMetrics", "ContainerLogV2", "KubeEvents",
  ]
  nullable = false
}

variable "alert_emails" {
  description = "Who is told."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.alert_emails) > 0
    error_message = "An alert that nobody gets is none: give at least one address."
  }
}

variable "metric_alerts" {
  description = "Alerts on a resource's metrics, by name."
  type = map(object({
    scope_id    = string
    namespace   = string
    metric      = string
    aggregation = string
    operator    = optional(string, "GreaterThan")
    threshold   = number
    severity    = optional(number, 2)
    window      = optional(string, "PT15M")
    frequency   = optional(string, "PT5M")
    description = string
    dimensions  = optional(map(list(string)), {})
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for alert in var.metric_alerts : alert.severity >= 0 && alert.severity <= 4])
    error_message = "severity of an alert lies between 0 (critical) and 4."
  }
}

variable "log_alerts" {
  description = "Alerts on a KQL query over the workspace, by name. They fire when the query returns rows."
  type = map(object({
    query       = string
    severity    = optional(number, 2)
    window      = optional(string, "PT15M")
    frequency   = optional(string, "PT5M")
    description = string
  }))
  default  = {}
  nullable = false
}

variable "diagnostics" {
  description = "Resources whose platform logs go to the workspace: id, and the category group (allLogs or audit)."
  type = map(object({
    resource_id    = string
    category_group = optional(string, "allLogs")
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for target in var.diagnostics : contains(["allLogs", "audit"], target.category_group)])
    error_message = "category_group must be allLogs or audit."
  }
}
