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
  description = "Who gets every alert."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.alert_emails) > 0
    error_message = "An alert that nobody gets is none: give at least one address."
  }
}

variable "on_call_emails" {
  description = "Who gets those besides that cannot wait until the next working day."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "metric_alerts" {
  description = "Alerts on a resource's metrics, by name; severity is page or ticket."
  type = map(object({
    scope_id    = string
    namespace   = string
    metric      = string
    aggregation = string
    operator    = string
    threshold   = number
    severity    = string
    window      = string
    frequency   = string
    description = string
    dimensions  = optional(map(list(string)), {})
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for alert in var.metric_alerts : contains(["page", "ticket"], alert.severity)])
    error_message = "severity of an alert is page or ticket."
  }
}

variable "log_alerts" {
  description = "Alerts on a KQL query over the workspace, by name. They fire when the query returns rows; severity is page or ticket."
  type = map(object({
    query       = string
    severity    = string
    window      = string
    frequency   = string
    description = string
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for alert in var.log_alerts : contains(["page", "ticket"], alert.severity)])
    error_message = "severity of an alert is page or ticket."
  }
}

variable "workbook" {
  description = "Content of the workbook, as Azure's JSON; it asks this module's workspace."
  type        = string
  nullable    = false

  validation {
    condition     = can(jsondecode(var.workbook).items)
    error_message = "workbook must be a workbook's JSON with items."
  }
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
