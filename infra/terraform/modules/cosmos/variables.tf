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

variable "database_name" {
  description = "Name of the database."
  type        = string
  nullable    = false
}

variable "containers" {
  description = "Containers by name, with their partition key path."
  type = map(object({
    partition_key = string
  }))
  nullable = false

  validation {
    condition     = alltrue([for container in var.containers : startswith(container.partition_key, "/")])
    error_message = "partition_key is a path and starts with a slash."
  }
}

variable "autoscale_max_throughput" {
  description = "Highest request units per second that the database's containers share; null is serverless."
  type        = number
  default     = null

  validation {
    condition     = var.autoscale_max_throughput == null || try(var.autoscale_max_throughput >= 1000 && var.autoscale_max_throughput % 1000 == 0, false)
    error_message = "autoscale_max_throughput must be a multiple of 1000."
  }
}

variable "zone_redundant" {
  description = "Keep the replicas in several zones."
  type        = bool
  default     = false
  nullable    = false
}

variable "continuous_backup_tier" {
  description = "Continuous7Days or Continuous30Days."
  type        = string
  default     = "Continuous7Days"
  nullable    = false

  validation {
    condition     = contains(["Continuous7Days", "Continuous30Days"], var.continuous_backup_tier)
    error_message = "continuous_backup_tier must be Continuous7Days or Continuous30Days."
  }
}

variable "public_access" {
  description = "Whether the account answers on its public endpoint, and to which IPv4 ranges only."
  type = object({
    enabled           = optional(bool, false)
    allowed_ip_ranges = optional(set(string), [])
  })
  default  = {}
  nullable = false
}
