data "azurerm_client_config" "current" {}

resource "azurerm_resource_group" "this" {
  name     = "rg-${local.regional_name}"
  location = var.location
  tags     = local.tags
}

module "network" {
  source = "./modules/network"

  name                = "vnet-${local.regional_name}"
  location            = var.location
  resource_group_name = azurerm_resource_group.this.name
  tags                = local.tags
  address_space       = var.network.address_space
  zones               = var.zones
  pod_range           = local.aks ? var.kubernetes.pod_range : null
  operator_ranges     = var.network.operator_ranges
  linked_network_ids  = var.network.linked_network_ids
  private_endpoints   = local.private_endpoints
}

locals {
  private_endpoints = merge(
    { for app, storage in module.host_storage : "${app}-blob" => { resource_id = storage.id, subresource = "blob" } },
    # Durable Functions keeps its orchestrations in queues and tables of the host's account unless they are in SQL Server.
    local.flex ? { for service in ["queue", "table"] : "ordering-${service}" => { resource_id = module.host_storage["ordering"].id, subresource = service } } : {},
    { "evidence-blob" = { resource_id = module.evidence_storage.id, subresource = "blob" } },
    # The gateway reads the pages, and the pipeline writes them.
    { for service in ["web", "blob"] : "pages-${service}" => { resource_id = module.storefront_storage.id, subresource = service } },
    { "discount-table" = { resource_id = module.discount_storage.id, subresource = "table" } },
    { for app, vault in module.key_vault : "vault-${app}" => { resource_id = vault.id, subresource = "vault" } },
    { "state" = { resource_id = var.state_storage_account_id, subresource = "blob" } },
    { "vault-gateway" = { resource_id = var.gateway.certificate_key_vault_id, subresource = "vault" } },
    { "postgres" = { resource_id = module.postgres.id, subresource = "postgresqlServer" } },
    local.sql ? { "sql" = { resource_id = module.sql[0].id, subresource = "sqlServer" } } : {},
    local.sql_orders ? { "cosmos" = { resource_id = module.cosmos[0].id, subresource = "Sql" } } : {},
    var.redis == null ? {} : { "redis" = { resource_id = module.redis[0].id, subresource = "redisEnterprise" } },
    local.premium_bus ? { "service-bus" = { resource_id = module.service_bus.id, subresource = "namespace" } } : {},
    local.aks && var.registry.sku == "Premium" ? { "registry" = { resource_id = module.acr[0].id, subresource = "registry" } } : {},
    { for app, function in module.function_app : "site-${app}" => { resource_id = function.id, subresource = "sites" } },
  )
}
