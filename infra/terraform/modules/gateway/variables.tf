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

variable "waf_mode" {
  description = "Whether the firewall only tells (Detection) or refuses (Prevention)."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["Detection", "Prevention"], var.waf_mode)
    error_message = "waf_mode must be Detection or Prevention."
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

variable "gateway" {
  description = "infra/gateway/gateway.json, which the local gateway reads as well."
  type = object({
    issuer          = object({ rolesClaim = string })
    cors            = object({ allowedHeaders = list(string), exposedHeaders = list(string), maxAgeSeconds = number })
    securityHeaders = map(string)
    edgeHeaders     = list(string)
    rateLimits = object({
      default  = object({ quota = number, windowSeconds = number })
      signedIn = object({ quota = number, windowSeconds = number })
      strict   = object({ quota = number, windowSeconds = number })
    })
    services = list(object({ name = string, prefix = string }))
  })
  nullable = false

  validation {
    condition     = alltrue([for service in var.gateway.services : can(regex("^/[a-z][a-z0-9-]*$", service.prefix))])
    error_message = "prefix of a service is one path segment with a leading slash."
  }
  validation {
    condition     = var.gateway.rateLimits.signedIn.windowSeconds == 60
    error_message = "The firewall of Application Gateway counts by the minute."
  }
}

variable "operations" {
  description = "The operations of infra/gateway/api-management.json."
  type = list(object({
    id           = string
    service      = string
    method       = string
    urlTemplate  = string
    parameters   = list(string)
    admission    = string
    role         = optional(string)
    contentTypes = list(string)
    maxBodyBytes = number
    strict       = bool
  }))
  nullable = false

  validation {
    condition     = alltrue([for operation in var.operations : contains(["token", "token-or-guest", "token-or-guest-or-order", "open"], operation.admission)])
    error_message = "admission of an operation is token, token-or-guest, token-or-guest-or-order or open."
  }
}

variable "problems" {
  description = "What API Management answers itself, by name: the problems of infra/gateway/api-management.json."
  type        = map(object({ status = number, code = string, title = string, detail = string }))
  nullable    = false
}

variable "firewall" {
  description = "infra/gateway/application-gateway.json."
  type = object({
    pathRules     = list(object({ name = string, paths = list(string) }))
    maxBodyBytes  = number
    exclusions    = list(object({ operator = string, selector = string, groups = list(object({ group = string, rules = list(string) })) }))
    refusedBodies = list(object({ name = string, pattern = string }))
  })
  nullable = false

  validation {
    # https://learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-waf-request-size-limits
    condition     = var.firewall.maxBodyBytes <= 2000 * 1024
    error_message = "The firewall of Application Gateway takes bodies of up to 2,000 KiB."
  }
}

variable "storefront" {
  description = <<-EOT
    The shop's pages, at a host name of their own that the listener's certificate is for as well.
    - `web_host` the storage account's endpoint for static websites
    - `identity_origins` where shoppers and staff sign in, `payments_origin` whose script takes cards
    - `table` infra/gateway/storefront.json, which the local gateway reads as well
  EOT
  type = object({
    hostname         = string
    web_host         = string
    identity_origins = object({ shop = list(string), staff = list(string) })
    payments_origin  = string
    table = object({
      languages   = list(string)
      pages       = list(string)
      prerendered = list(string)
      staff       = list(string)
      policies    = object({ shop = string, staff = string })
      payments    = map(object({ scripts = list(string), frames = list(string), connections = list(string) }))
    })
  })
  nullable = false

  validation {
    condition     = alltrue([for origin in concat(var.storefront.identity_origins.shop, var.storefront.identity_origins.staff, [var.storefront.payments_origin]) : can(regex("^https://[a-z0-9.-]+$", origin))])
    error_message = "Pages speak to https origins only."
  }
}

variable "allowed_origins" {
  description = "Origins that browsers may call from, instead of the local ones in gateway.json."
  type        = list(string)
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.allowed_origins : startswith(origin, "https://")])
    error_message = "allowed_origins are https origins."
  }
}

variable "identity_provider" {
  description = <<-EOT
    Issuer of the access tokens, the document that says its keys, and what the tokens are meant for.
    - `staff` the Entra tenant whose people and identities have roles, and what their tokens are meant for; without one they
      come from the issuer as well
  EOT
  type = object({
    issuer            = string
    openid_config_url = string
    audience          = string
    staff             = optional(object({ tenant_id = string, audience = string }))
  })
  nullable = false
}

variable "backends" {
  description = "Base URL of each service in gateway.json."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for url in var.backends : startswith(url, "https://")])
    error_message = "Backends are reached by https only."
  }
}
