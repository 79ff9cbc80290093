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
  description = "Entra tenant whose users and groups may log in."
  type        = string
  nullable    = false
}

variable "kubernetes_version" {
  description = "Minor version; patches come by themselves."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^1\\.[0-9]{2}$", var.kubernetes_version))
    error_message = "kubernetes_version is a minor version such as 1.36."
  }
}

variable "sku_tier" {
  description = "Free (no uptime promise) or Standard."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["Free", "Standard"], var.sku_tier)
    error_message = "sku_tier must be Free or Standard."
  }
}

variable "subnet_id" {
  description = "Subnet of the nodes. Pods have addresses of their own (overlay)."
  type        = string
  nullable    = false
}

variable "pod_range" {
  description = "Overlay range of the pods' addresses. The nodes' subnet has to let it in."
  type        = string
  nullable    = false
}

variable "private_cluster_enabled" {
  description = "Give the API server a private address only."
  type        = bool
  default     = true
  nullable    = false
}

variable "authorized_ip_ranges" {
  description = "Ranges that may reach the API server of a public cluster."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = var.private_cluster_enabled || length(var.authorized_ip_ranges) > 0
    error_message = "A cluster that is not private needs authorized_ip_ranges."
  }
}

variable "zones" {
  description = "Zones of the nodes."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "system_pool" {
  description = "Nodes for the cluster's own pods."
  type = object({
    vm_size   = string
    min_count = number
    max_count = number
  })
  nullable = false

  validation {
    condition     = var.system_pool.min_count >= 1 && var.system_pool.min_count <= var.system_pool.max_count
    error_message = "system_pool needs 1 <= min_count <= max_count."
  }
}

variable "node_pools" {
  description = "Nodes for the apps, by pool name (at most 12 lower-case letters and digits)."
  type = map(object({
    vm_size   = string
    min_count = number
    max_count = number
  }))
  nullable = false

  validation {
    condition     = alltrue([for name, pool in var.node_pools : can(regex("^[a-z][a-z0-9]{0,11}$", name)) && pool.min_count <= pool.max_count])
    error_message = "A pool's name has at most 12 lower-case letters and digits, and min_count <= max_count."
  }
}

variable "admin_group_object_ids" {
  description = "Entra groups that administer the cluster."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.admin_group_object_ids) > 0
    error_message = "Local accounts are off: without a group nobody could log in."
  }
}

variable "log_analytics_workspace_id" {
  description = "Workspace for container logs."
  type        = string
  nullable    = false
}

variable "flux" {
  description = <<-EOT
    Git repository on Azure DevOps that the cluster follows.
    - `client_id` identity that reads it and the registry: no token and no key is kept
    - `substitute` variables of the manifests
  EOT
  type = object({
    url        = string
    branch     = optional(string, "main")
    path       = string
    client_id  = string
    substitute = optional(map(string), {})
  })
  nullable = false

  validation {
    condition     = can(regex("^https://dev\\.azure\\.com/[^/@]+/[^/@]+/_git/[^/@]+$", var.flux.url))
    error_message = "flux.url is https://dev.azure.com/<organisation>/<project>/_git/<repository>, without a credential: there the pipelines open pull requests."
  }
}
