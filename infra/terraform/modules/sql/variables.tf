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

variable "administrators" {
  description = "Entra group that administers the server. There is no SQL login."
  type = object({
    object_id = string
    name      = string
  })
  nullable = false
}

variable "tenant_id" {
  description = "Entra tenant whose identities may log in."
  type        = string
  nullable    = false
}

variable "databases" {
  description = <<-EOT
    Databases by name.
    - `sku_name` e.g. GP_S_Gen5_1 (serverless) or GP_Gen5_2
    - `max_size_gb` upper limit
    - `serverless` smallest number of cores and minutes until it pauses (-1: never); null for provisioned skus
    - `zone_redundant` replicas in several zones
    - `backup_days` point-in-time restore
    - `append_only_ledger` the migrations make the tables that are only added to ledger tables; cannot be changed later
  EOT
  type = map(object({
    sku_name    = string
    max_size_gb = optional(number, 32)
    serverless = optional(object({
      min_capacity       = number
      auto_pause_minutes = number
    }))
    zone_redundant     = optional(bool, false)
    backup_days        = optional(number, 7)
    backup_redundancy  = optional(string, "Local")
    weekly_backup_kept = optional(string)
    append_only_ledger = optional(bool, false)
  }))
  nullable = false

  validation {
    condition     = alltrue([for database in var.databases : database.backup_days >= 1 && database.backup_days <= 35])
    error_message = "backup_days of a database must lie between 1 and 35."
  }
  validation {
    condition     = alltrue([for database in var.databases : (database.serverless != null) == startswith(database.sku_name, "GP_S_")])
    error_message = "serverless belongs to GP_S_ skus, and they need it."
  }
}

variable "public_access" {
  description = "Whether the server answers on its public endpoint, and to which IPv4 ranges only."
  type = object({
    enabled           = optional(bool, false)
    allowed_ip_ranges = optional(set(string), [])
  })
  default  = {}
  nullable = false
}
