module "function_app" {
  source   = "./modules/function-app"
  for_each = local.flex ? local.apps : []

  name                                   = local.app_names[each.key]
  location                               = var.location
  resource_group_name                    = azurerm_resource_group.this.name
  tags                                   = local.tags
  runtime_version                        = var.functions.runtime_version
  instance_memory_mb                     = var.functions.instance_memory_mb
  maximum_instance_count                 = var.functions.maximum_instance_count
  always_ready                           = var.functions.always_ready_http > 0 ? { http = var.functions.always_ready_http } : {}
  zone_balancing_enabled                 = length(var.zones) > 0
  identity                               = module.identity.identities[each.key]
  subnet_id                              = module.network.subnet_ids["functions"]
  app_settings                           = local.app_settings[each.key]
  application_insights_connection_string = module.monitoring.application_insights_connection_string
  public_network_access_enabled          = var.network.public_access.enabled
  allowed_ip_ranges                      = sort(var.network.public_access.allowed_ip_ranges)
  storage = {
    account_name  = module.host_storage[each.key].name
    container_url = module.host_storage[each.key].container_urls["deployments"]
  }
}

module "acr" {
  source = "./modules/acr"
  count  = local.aks ? 1 : 0

  name                          = "cr${replace(local.global_name, "-", "")}"
  location                      = var.location
  resource_group_name           = azurerm_resource_group.this.name
  tags                          = local.tags
  sku                           = var.registry.sku
  georeplication_locations      = var.registry.georeplication_locations
  untagged_retention_days       = var.registry.untagged_retention_days
  zone_redundancy_enabled       = var.registry.sku == "Premium" && length(var.zones) > 0
  public_network_access_enabled = var.registry.sku != "Premium"
}

module "aks" {
  source = "./modules/aks"
  count  = local.aks ? 1 : 0

  name                       = "aks-${local.regional_name}"
  location                   = var.location
  resource_group_name        = azurerm_resource_group.this.name
  tags                       = local.tags
  tenant_id                  = data.azurerm_client_config.current.tenant_id
  kubernetes_version         = var.kubernetes.version
  sku_tier                   = var.kubernetes.sku_tier
  subnet_id                  = module.network.subnet_ids["aks"]
  pod_range                  = var.kubernetes.pod_range
  zones                      = var.zones
  system_pool                = var.kubernetes.system_pool
  node_pools                 = var.kubernetes.node_pools
  private_cluster_enabled    = length(var.kubernetes.api_server_ranges) == 0
  authorized_ip_ranges       = var.kubernetes.api_server_ranges
  admin_group_object_ids     = [var.administrators.object_id]
  log_analytics_workspace_id = module.monitoring.workspace_id
  flux = merge(var.kubernetes.git, {
    client_id  = module.identity.identities["platform"].client_id
    substitute = local.cluster_variables
  })
}

# API Management finds the apps by name at the ingress controller's fixed internal address.
resource "azurerm_private_dns_zone" "ingress" {
  count = local.aks ? 1 : 0

  name                = var.kubernetes.ingress_domain
  resource_group_name = azurerm_resource_group.this.name
  tags                = local.tags
}

resource "azurerm_private_dns_zone_virtual_network_link" "ingress" {
  count = local.aks ? 1 : 0

  name                  = "ingress"
  resource_group_name   = azurerm_resource_group.this.name
  private_dns_zone_name = azurerm_private_dns_zone.ingress[0].name
  virtual_network_id    = module.network.id
  registration_enabled  = false
  tags                  = local.tags
}

resource "azurerm_private_dns_a_record" "ingress" {
  count = local.aks ? 1 : 0

  name                = "*"
  zone_name           = azurerm_private_dns_zone.ingress[0].name
  resource_group_name = azurerm_resource_group.this.name
  ttl                 = 300
  records             = [local.ingress_address]
  tags                = local.tags
}

locals {
  ingress_address = cidrhost(module.network.prefixes["aks"], var.kubernetes.ingress_address_index)

  # The variables that infra/gitops/clusters/terraform-variables.yaml names; a test compares the two lists.
  cluster_variables = local.aks ? merge(
    {
      tenant_id               = data.azurerm_client_config.current.tenant_id
      registry                = module.acr[0].login_server
      ingress_domain          = var.kubernetes.ingress_domain
      ingress_address         = local.ingress_address
      identity_issuer         = var.identity_provider.issuer
      identity_audience       = local.audience
      identity_staff_issuer   = local.staff.issuer
      identity_staff_audience = local.staff.audience
      service_bus_namespace   = trimsuffix(module.service_bus.host, ".servicebus.windows.net")
      durable_sql_host        = "sql-${local.global_name}.database.windows.net"
      digests_url             = local.own_settings["ordering"].DIGESTS_URL
      discount_tables_uri     = local.own_settings["discount"].DISCOUNT_TABLES__tableServiceUri
      payment_url             = var.payment_url
      storefront_url          = var.storefront_url
      seller                  = var.seller
      log_level               = var.telemetry.log_level
      traces_sampled          = tostring(var.telemetry.traces_sampled)
      ordering_identity_name  = module.identity.identities["ordering"].name
      # Says where telemetry goes; keys are switched off, so it lets nobody in.
      application_insights = nonsensitive(module.monitoring.application_insights_connection_string)
    },
    { for name, identity in module.identity.identities : "${name}_client_id" => identity.client_id },
    { for app in local.apps : "${app}_storage_account" => module.host_storage[app].name },
    { for owner, vault in module.key_vault : "${owner}_vault_uri" => vault.uri },
  ) : {}
}
