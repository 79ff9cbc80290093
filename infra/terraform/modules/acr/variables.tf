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

variable "sku" {
  description = "Basic, Standard or Premium. Geo-replication, retention and private endpoints need Premium."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["Basic", "Standard", "Premium"], var.sku)
    error_message = "sku must be Basic, Standard or Premium."
  }
}

variable "zone_redundancy_enabled" {
  description = "Keep the images in several zones (Premium)."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.zone_redundancy_enabled || var.sku == "Premium"
    error_message = "zone_redundancy_enabled needs the Premium sku."
  }
}

variable "georeplication_locations" {
  description = "Further regions that hold the images (Premium)."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.georeplication_locations) == 0 || var.sku == "Premium"
    error_message = "georeplication_locations needs the Premium sku."
  }
}

variable "untagged_retention_days" {
  description = "Days that an untagged manifest is kept (Premium); null keeps it."
  type        = number
  default     = null

  validation {
    condition     = var.untagged_retention_days == null || var.sku == "Premium"
    error_message = "untagged_retention_days needs the Premium sku."
  }
}

variable "public_network_access_enabled" {
  description = "Whether the registry answers on its public endpoint. Only Premium can switch it off."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = var.public_network_access_enabled || var.sku == "Premium"
    error_message = "Only the Premium sku can do without public network access."
  }
}
