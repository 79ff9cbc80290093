variable "subscription_id" {
  description = "Azure subscription of the environment."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", var.subscription_id))
    error_message = "subscription_id is a UUID."
  }
}

variable "environment" {
  description = "dev, staging or prod."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment must be dev, staging or prod."
  }
}

variable "hosting" {
  description = "Where the apps run: flex (Azure Functions, Flex Consumption) or aks (containers on Kubernetes with KEDA)."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["flex", "aks"], var.hosting)
    error_message = "hosting must be flex or aks."
  }
}

variable "name" {
  description = "Name of the system, part of every resource's name."
  type        = string
  default     = "eshop"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{3,6}$", var.name))
    error_message = "name has 3 to 6 lower-case letters: some Azure names have room for 24 characters in all."
  }
}

variable "suffix" {
  description = "Letters or digits that make global names (storage accounts, vaults, hosts) yours."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]{3,4}$", var.suffix))
    error_message = "suffix has 3 or 4 lower-case letters or digits."
  }
}

variable "location" {
  description = "Azure region. Prod needs one with availability zones."
  type        = string
  nullable    = false
}

variable "zones" {
  description = "Availability zones to spread over; empty for none."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for zone in var.zones : contains(["1", "2", "3"], zone)])
    error_message = "zones are \"1\", \"2\" and \"3\"."
  }
  validation {
    condition     = var.environment != "prod" || length(var.zones) >= 2
    error_message = "prod spans at least two zones."
  }
}

variable "owner" {
  description = "Team that answers for the resources (tag)."
  type        = string
  nullable    = false
}

variable "cost_center" {
  description = "Who pays (tag)."
  type        = string
  nullable    = false
}

variable "administrators" {
  description = "Entra group that administers databases, vaults and the cluster."
  type = object({
    object_id = string
    name      = string
  })
  nullable = false
}

variable "identity_provider" {
  description = <<-EOT
    Issuer of the access tokens: an Entra tenant, or any OpenID Connect provider.
    - `audience` what the tokens are meant for: with Entra the client id that infra/identity/register.sh prints, because
      version 2 tokens carry it and not the api:// URI; the route table's (local) one if left out
    - `customer_claim` the claim that names a customer for good; Entra's `sub` is another one for each application
    - `staff` where customers sign in at an External ID tenant: the tenant of staff and of the apps' managed identities, and
      the client id that register.sh prints there. Only its tokens bring roles then
  EOT
  type = object({
    issuer            = string
    openid_config_url = string
    audience          = optional(string)
    customer_claim    = optional(string, "oid")
    staff             = optional(object({ tenant_id = string, audience = string }))
  })
  nullable = false

  validation {
    condition     = startswith(var.identity_provider.issuer, "https://") && startswith(var.identity_provider.openid_config_url, "https://")
    error_message = "identity_provider is reached by https only."
  }
  validation {
    # Entra's issuers, of workforce and of customer tenants alike, end with the version of their tokens.
    condition     = !endswith(var.identity_provider.issuer, "/v2.0") || can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", var.identity_provider.audience))
    error_message = "The audience of Entra's version 2 tokens is the application's client id, a UUID."
  }
  validation {
    condition     = !strcontains(var.identity_provider.issuer, ".ciamlogin.com/") || var.identity_provider.staff != null
    error_message = "An External ID tenant has no managed identities: identity_provider.staff names the tenant that has."
  }
  validation {
    condition     = alltrue([for id in values(coalesce(var.identity_provider.staff, {})) : can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", id))])
    error_message = "identity_provider.staff is a tenant's id and an application's client id, both UUIDs."
  }
}

variable "state_storage_account_id" {
  description = "Storage account of the state: output of bootstrap. The pipelines' agents reach it by a private endpoint, because a storage account's address rules do not hold for callers in its own region."
  type        = string
  nullable    = false
}

variable "pipeline" {
  description = <<-EOT
    Object ids of the pipelines' identities: output `pipeline_principal_id` of each environment's bootstrap.
    - `principal_id` this environment's: brings images into its registry and sees whether the cluster runs them
    - `next_principal_id` the one of the environment that images are promoted to; null in the last
  EOT
  type = object({
    principal_id      = string
    next_principal_id = optional(string)
  })
  nullable = false

  validation {
    condition     = (var.pipeline.next_principal_id == null) == (var.environment == "prod")
    error_message = "Images go on from dev and staging, whose next_principal_id may read them, and not from prod."
  }
}

variable "storefront_url" {
  description = "Base URL of the storefront: notices lead there, and browsers come back there from an authentication at the payment provider."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^https://[a-z0-9.-]+$", var.storefront_url))
    error_message = "storefront_url must be an https URL without a path: the gateway listens at its host."
  }
}

variable "seller" {
  description = "Who sells, as invoices must state it: name, address and tax number, with | between the lines."
  type        = string
  nullable    = false
}

variable "payment_url" {
  description = "Base URL of the payment provider."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.payment_url, "https://")
    error_message = "payment_url must be an https URL."
  }
}

variable "telemetry" {
  description = <<-EOT
    What the apps tell of their work.
    - `log_level` log lines of less weight are not written
    - `traces_sampled` the share of traces that is sent, 0 to 1; metrics count everything
  EOT
  type = object({
    log_level      = string
    traces_sampled = number
  })
  nullable = false

  validation {
    condition     = contains(["debug", "info", "warn", "error"], var.telemetry.log_level)
    error_message = "log_level is debug, info, warn or error."
  }
  validation {
    condition     = var.telemetry.traces_sampled >= 0 && var.telemetry.traces_sampled <= 1
    error_message = "traces_sampled is a share, from 0 to 1."
  }
}

variable "credentials" {
  description = <<-EOT
    How the apps log in to PostgreSQL and Redis.
    - `key-vault` by connection URLs that Key Vault keeps: what the apps can do today
    - `entra` by tokens of their identities, passwords and access keys off: for when they can
    Everything else (Service Bus, Storage, SQL Server, Cosmos DB, Key Vault, telemetry) always uses identities.
  EOT
  type        = string
  default     = "key-vault"
  nullable    = false

  validation {
    condition     = contains(["key-vault", "entra"], var.credentials)
    error_message = "credentials must be key-vault or entra."
  }
}

variable "ordering_stores" {
  description = <<-EOT
    What keeps the orders.
    - `postgres` a database in the PostgreSQL server, for orders and read model
    - `sql-and-cosmos` SQL Server for orders and their events, Cosmos DB for the read model
  EOT
  type        = string
  default     = "postgres"
  nullable    = false

  validation {
    condition     = contains(["postgres", "sql-and-cosmos"], var.ordering_stores)
    error_message = "ordering_stores must be postgres or sql-and-cosmos."
  }
}

variable "postgres_administrator_password" {
  description = "First password of the PostgreSQL administrator (credentials = key-vault). Ephemeral: in no plan and no state."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true
}

variable "network" {
  description = <<-EOT
    - `address_space` IPv4 range of the environment, /16 to /20; don't overlap environments that may be peered
    - `operator_ranges` where administrators and pipeline agents call from, in a peered network; they reach the private endpoints
    - `linked_network_ids` networks in which those resolve the private names, by a name of your choice
    - `public_access` dev only: let the listed ranges reach the stores' public endpoints
  EOT
  type = object({
    address_space      = string
    operator_ranges    = optional(set(string), [])
    linked_network_ids = optional(map(string), {})
    public_access = optional(object({
      enabled           = optional(bool, false)
      allowed_ip_ranges = optional(set(string), [])
    }), {})
  })
  nullable = false

  validation {
    condition     = var.environment == "dev" || !var.network.public_access.enabled
    error_message = "Only dev may open the stores' public endpoints."
  }
  validation {
    condition     = var.network.public_access.enabled || length(var.network.operator_ranges) > 0 && length(var.network.linked_network_ids) > 0
    error_message = "Without public endpoints, operator_ranges and linked_network_ids say how people and agents get in."
  }
  validation {
    condition     = alltrue([for range in var.network.public_access.allowed_ip_ranges : !endswith(range, "/0")])
    error_message = "allowed_ip_ranges must not contain everybody."
  }
}

variable "gateway" {
  description = <<-EOT
    - `hostname` of the shop's API; its certificate, in the vault that infra/terraform/bootstrap makes, is for the storefront's
      host as well
    - `waf_mode` Detection or Prevention
    - `allowed_origins` the shop's own origins
    - `capacity` of the Application Gateway; `api_management` see modules/gateway
  EOT
  type = object({
    hostname                 = string
    certificate_key_vault_id = string
    certificate_secret_id    = string
    waf_mode                 = string
    allowed_origins          = list(string)
    capacity                 = object({ min = number, max = number })
    api_management = object({
      sku_name        = string
      zones           = optional(set(string), [])
      publisher_name  = string
      publisher_email = string
      trusted_roots   = optional(list(string), [])
    })
  })
  nullable = false

  validation {
    condition     = var.environment != "prod" || var.gateway.waf_mode == "Prevention"
    error_message = "In prod the firewall prevents."
  }
}

variable "functions" {
  description = "Flex Consumption: memory and most instances per app, and how many of each are kept warm."
  type = object({
    runtime_version        = optional(string, "24")
    instance_memory_mb     = optional(number, 2048)
    maximum_instance_count = optional(number, 40)
    always_ready_http      = optional(number, 0)
  })
  default  = {}
  nullable = false
}

variable "kubernetes" {
  description = <<-EOT
    AKS: version, nodes, and the git repository that Flux follows; not read with hosting = "flex".
    - `namespace` where the apps run; each app's service account has the app's name
    - `pod_range` addresses of the pods; must overlap neither the network nor its peers
    - `git` on Azure DevOps, where the pipelines open pull requests: https://dev.azure.com/<organisation>/<project>/_git/<repository>
    - `ingress_domain` hosts of the apps inside the network: <app>.<ingress_domain>, served by `ingress_address_index` of the nodes' subnet
    - `api_server_ranges` who may reach the API server; empty makes it private
  EOT
  type = object({
    version               = optional(string, "1.36")
    sku_tier              = optional(string, "Standard")
    system_pool           = optional(object({ vm_size = string, min_count = number, max_count = number }), { vm_size = "Standard_D2ds_v5", min_count = 1, max_count = 3 })
    node_pools            = optional(map(object({ vm_size = string, min_count = number, max_count = number })), {})
    api_server_ranges     = optional(set(string), [])
    pod_range             = optional(string, "192.168.0.0/16")
    namespace             = optional(string, "eshop")
    ingress_domain        = optional(string, "apps.eshop.example")
    ingress_address_index = optional(number, 250)
    git = object({
      url    = string
      branch = optional(string, "main")
      path   = string
    })
  })
  nullable = false
}

variable "registry" {
  description = "Container registry (hosting = \"aks\"); see modules/acr."
  type = object({
    sku                      = optional(string, "Basic")
    georeplication_locations = optional(list(string), [])
    untagged_retention_days  = optional(number)
  })
  default  = {}
  nullable = false
}

variable "postgres" {
  description = "Size, standby and backups of PostgreSQL; see modules/postgres."
  type = object({
    sku_name          = string
    storage_mb        = optional(number, 32768)
    high_availability = optional(object({ zone = string, standby_zone = string }))
    backup            = optional(object({ retention_days = optional(number, 7), geo_redundant = optional(bool, false) }), {})
  })
  nullable = false
}

variable "sql" {
  description = "Size of the SQL databases: the orders, and the durable orchestrations on AKS; see modules/sql."
  type = object({
    sku_name           = string
    max_size_gb        = optional(number, 32)
    serverless         = optional(object({ min_capacity = number, auto_pause_minutes = number }))
    zone_redundant     = optional(bool, false)
    backup_days        = optional(number, 7)
    backup_redundancy  = optional(string, "Local")
    weekly_backup_kept = optional(string)
    append_only_ledger = optional(bool, false)
  })
  nullable = false
}

variable "cosmos" {
  description = "Throughput and backup of Cosmos DB; see modules/cosmos."
  type = object({
    autoscale_max_throughput = optional(number)
    continuous_backup_tier   = optional(string, "Continuous7Days")
  })
  default  = {}
  nullable = false
}

variable "redis" {
  description = "Size of Managed Redis; null leaves it out, and the apps read PostgreSQL instead."
  type = object({
    sku_name          = string
    high_availability = optional(bool, true)
  })
  default = null
}

variable "service_bus" {
  description = "Standard or Premium, and messaging units; see modules/service-bus."
  type = object({
    sku      = string
    capacity = optional(number, 1)
  })
  nullable = false
}

variable "storage_replication" {
  description = "LRS, ZRS, GRS or GZRS."
  type        = string
  nullable    = false
}

variable "monitoring" {
  description = "Retention, daily limit, who gets alerts, and who is woken besides; see modules/monitoring."
  type = object({
    retention_days = number
    daily_quota_gb = optional(number, -1)
    alert_emails   = set(string)
    on_call_emails = optional(set(string), [])
  })
  nullable = false
}
