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

variable "replication" {
  description = "LRS, ZRS, GRS or GZRS. Prod needs one with a Z: zone redundant."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["LRS", "ZRS", "GRS", "GZRS"], var.replication)
    error_message = "replication must be LRS, ZRS, GRS or GZRS."
  }
}

variable "containers" {
  description = "Private blob containers to create."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "immutable_days" {
  description = "Days for which a blob can be neither changed nor deleted, by nobody; null lets it."
  type        = number
  default     = null
}

variable "immutability_locked" {
  description = "Whether the days can be made more, but never fewer again."
  type        = bool
  default     = false
  nullable    = false
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

variable "soft_delete_days" {
  description = "Days that a deleted blob or container can be brought back."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.soft_delete_days >= 1 && var.soft_delete_days <= 365
    error_message = "soft_delete_days must lie between 1 and 365."
  }
}
