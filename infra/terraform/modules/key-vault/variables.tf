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
  description = "Entra tenant of the vault."
  type        = string
  nullable    = false
}

variable "purge_protection_enabled" {
  description = "Refuse to purge before the retention ends. Cannot be switched off again; on in prod."
  type        = bool
  default     = true
  nullable    = false
}

variable "soft_delete_retention_days" {
  description = "Days that a deleted vault or secret can be brought back."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.soft_delete_retention_days >= 7 && var.soft_delete_retention_days <= 90
    error_message = "soft_delete_retention_days must lie between 7 and 90."
  }
}

variable "public_access" {
  description = "Whether the data plane answers on its public endpoint, and to which IPv4 ranges only."
  type = object({
    enabled           = optional(bool, false)
    allowed_ip_ranges = optional(set(string), [])
  })
  default  = {}
  nullable = false
}
