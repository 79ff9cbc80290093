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

variable "tenant_id" {
  description = "Entra tenant whose identities may log in."
  type        = string
  nullable    = false
}

variable "server_version" {
  description = "Major version of PostgreSQL."
  type        = string
  default     = "17"
  nullable    = false
}

variable "sku_name" {
  description = "Size, e.g. B_Standard_B1ms (burstable) or GP_Standard_D2ds_v5."
  type        = string
  nullable    = false
}

variable "storage_mb" {
  description = "Disk size in MiB; grows by itself."
  type        = number
  default     = 32768
  nullable    = false

  validation {
    condition     = contains([32768, 65536, 131072, 262144, 524288, 1048576], var.storage_mb)
    error_message = "storage_mb must be one of Azure's disk sizes from 32768 to 1048576."
  }
}

variable "databases" {
  description = "Databases to create: one per bounded context."
  type        = set(string)
  nullable    = false
}

variable "high_availability" {
  description = "Zone of the primary and of its standby; null for a single server. Burstable sizes cannot have a standby."
  type = object({
    zone         = string
    standby_zone = string
  })
  default = null

  validation {
    condition     = var.high_availability == null || !startswith(var.sku_name, "B_")
    error_message = "high_availability needs a general purpose or memory optimised sku, not a burstable one."
  }
  validation {
    condition     = var.high_availability == null || try(var.high_availability.zone != var.high_availability.standby_zone, false)
    error_message = "high_availability needs two different zones."
  }
}

variable "backup" {
  description = "Days that backups are kept (point-in-time restore) and whether they are copied to the paired region."
  type = object({
    retention_days = optional(number, 7)
    geo_redundant  = optional(bool, false)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.backup.retention_days >= 7 && var.backup.retention_days <= 35
    error_message = "backup.retention_days must lie between 7 and 35."
  }
}

variable "administrators" {
  description = "Entra group that administers the server."
  type = object({
    object_id = string
    name      = string
  })
  nullable = false
}

variable "password_login" {
  description = <<-EOT
    How an application that logs in by a connection URL gets in; null allows Entra tokens only.
    - `administrator_login` the first login, which creates the application's own roles
    - `password_version` raise it to set a new password
  EOT
  type = object({
    administrator_login = optional(string, "eshopadmin")
    password_version    = optional(number, 1)
  })
  default = null
}

variable "administrator_password" {
  description = "Password of password_login's administrator. Ephemeral: it is in no plan and no state."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true
}

variable "public_access" {
  description = "Whether the server answers on its public endpoint, and to which single IPv4 addresses only."
  type = object({
    enabled           = optional(bool, false)
    allowed_ip_ranges = optional(set(string), [])
  })
  default  = {}
  nullable = false
}
