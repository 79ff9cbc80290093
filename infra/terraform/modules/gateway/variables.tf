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

variable "virtual_network_id" {
  description = "Network that resolves the API Management host to its private address."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Subnets of the Application Gateway and of API Management."
  type = object({
    gateway = string
    apim    = string
  })
  nullable = false
}

variable "zones" {
  description = "Zones of the Application Gateway and its address."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "listener" {
  description = "Host name of the shop's API and its certificate in Key Vault (a secret id without version follows renewals)."
  type = object({
    hostname              = string
    key_vault_id          = string
    certificate_secret_id = string
  })
  nullable = false

  validation {
    condition     = can(regex("^https://[a-z0-9-]+\\.vault\\.azure\\.net/secrets/[A-Za-z0-9-]+$", var.listener.certificate_secret_id))
    error_message = "certificate_secret_id is a Key Vault secret id without version: https://<vault>.vault.azure.net/secrets/<name>."
  }
}

variable "capacity" {
  description = "Least and most capacity units of the Application Gateway."
  type = object({
    min = number
    max = number
  })
  nullable = false

  validation {
    condition     = var.capacity.min >= 0 && var.capacity.max >= 2 && var.capacity.min <= var.capacity.max
    error_message = "capacity needs 0 <= min <= max and max >= 2."
  }
}

variable "waf" {
  description = "Mode (Detection or Prevention) and the requests a minute that one address may make."
  type = object({
    mode                = string
    requests_per_minute = optional(number, 600)
  })
  nullable = false

  validation {
    condition     = contains(["Detection", "Prevention"], var.waf.mode)
    error_message = "waf.mode must be Detection or Prevention."
  }
}

variable "api_management" {
  description = <<-EOT
    Size and publisher. The tiers that can live inside a network are Developer (no uptime promise) and Premium.
    - `trusted_roots` certificates (base64 DER, no key) of private authorities that sign for backends, such as the cluster's own
  EOT
  type = object({
    sku_name        = string
    zones           = optional(set(string), [])
    publisher_name  = string
    publisher_email = string
    trusted_roots   = optional(list(string), [])
  })
  nullable = false

  validation {
    condition     = can(regex("^(Developer_1|Premium_[1-9][0-9]?)$", var.api_management.sku_name))
    error_message = "api_management.sku_name must be Developer_1 or Premium_<units>."
  }
  validation {
    condition     = length(var.api_management.zones) == 0 || try(tonumber(split("_", var.api_management.sku_name)[1]) % length(var.api_management.zones) == 0 && startswith(var.api_management.sku_name, "Premium"), false)
    error_message = "Zones need Premium with a number of units that is a multiple of the number of zones."
  }
}

variable "routes" {
  description = "What infra/gateway/gateway.json and routes.json say, which the local gateway reads as well."
  type = object({
    issuer       = object({ audience = string })
    cors         = object({ allowedOrigins = list(string), maxAgeSeconds = number })
    maxBodyBytes = number
    services = list(object({
      name      = string
      prefix    = string
      anonymous = list(string)
    }))
  })
  nullable = false

  validation {
    condition     = alltrue([for service in var.routes.services : can(regex("^/[a-z][a-z0-9-]*$", service.prefix))])
    error_message = "prefix of a service is one path segment with a leading slash."
  }
}

variable "allowed_origins" {
  description = "Origins that browsers may call from, instead of the local ones in the route table."
  type        = list(string)
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.allowed_origins : startswith(origin, "https://")])
    error_message = "allowed_origins are https origins."
  }
}

variable "identity_provider" {
  description = "Issuer of the access tokens and the document that says its keys."
  type = object({
    issuer            = string
    openid_config_url = string
  })
  nullable = false
}

variable "backends" {
  description = "Base URL of each service in the route table."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for url in var.backends : startswith(url, "https://")])
    error_message = "Backends are reached by https only."
  }
}

variable "requests_per_minute" {
  description = "Requests that one caller may make to one service a minute, counted in API Management."
  type        = number
  default     = 300
  nullable    = false
}
