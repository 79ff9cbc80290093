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

variable "sku_name" {
  description = "Size of Azure Managed Redis, e.g. Balanced_B0."
  type        = string
  nullable    = false
}

variable "high_availability_enabled" {
  description = "A replica, in another zone where the region has zones."
  type        = bool
  default     = true
  nullable    = false
}

variable "access_keys_enabled" {
  description = "Allow login by access key, for a client that only takes a URL. The key is then in Terraform's state."
  type        = bool
  default     = false
  nullable    = false
}

variable "public_network_access_enabled" {
  description = "Whether the database answers on its public endpoint."
  type        = bool
  default     = false
  nullable    = false
}
