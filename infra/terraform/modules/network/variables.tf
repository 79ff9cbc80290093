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

variable "address_space" {
  description = "IPv4 range of the virtual network, /16 to /20. The subnets are cut from it in a fixed order."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrhost(var.address_space, 0)) && try(tonumber(split("/", var.address_space)[1]), 0) >= 16 && try(tonumber(split("/", var.address_space)[1]), 99) <= 20
    error_message = "address_space must be an IPv4 range between /16 and /20."
  }
}

variable "zones" {
  description = "Zones of the agents' public address."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "pod_range" {
  description = "Overlay range of the cluster's pods; null where no cluster is, and then the Functions subnet holds the workloads."
  type        = string
  default     = null

  validation {
    condition     = var.pod_range == null || can(cidrhost(var.pod_range, 0))
    error_message = "pod_range must be an IPv4 range."
  }
}

variable "operator_ranges" {
  description = "IPv4 ranges of administrators and pipeline agents in peered networks: they reach the private endpoints over HTTPS and SQL."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for range in var.operator_ranges : can(cidrhost(range, 0)) && !endswith(range, "/0")])
    error_message = "operator_ranges are IPv4 ranges, and never everybody."
  }
}

variable "linked_network_ids" {
  description = "Further virtual networks that look the private endpoints' names up in the zones made here: id by a name of your choice."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "private_endpoints" {
  description = <<-EOT
    Private endpoints to create, by a name of your choice.
    - `resource_id` the resource behind the endpoint
    - `subresource` which of its services: blob, queue, table, vault, postgresqlServer, sqlServer, Sql, redisEnterprise, namespace, registry, sites
  EOT
  type = map(object({
    resource_id = string
    subresource = string
  }))
  default  = {}
  nullable = false

  validation {
    condition = alltrue([for endpoint in var.private_endpoints : contains([
      "blob", "queue", "table", "web", "vault", "postgresqlServer", "sqlServer", "Sql", "redisEnterprise", "namespace", "registry", "sites"
    ], endpoint.subresource)])
    error_message = "subresource of a private endpoint must be one that this module knows a DNS zone for."
  }
}
