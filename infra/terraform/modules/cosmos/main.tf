resource "azurerm_cosmosdb_account" "this" {
  name                               = var.name
  location                           = var.location
  resource_group_name                = var.resource_group_name
  kind                               = "GlobalDocumentDB"
  offer_type                         = "Standard"
  minimal_tls_version                = "Tls12"
  local_authentication_disabled      = true
  access_key_metadata_writes_enabled = false
  automatic_failover_enabled         = true
  public_network_access_enabled      = var.public_access.enabled
  # With an empty filter an enabled public endpoint would be open to everyone; loopback closes it.
  ip_range_filter = var.public_access.enabled ? (
    length(var.public_access.allowed_ip_ranges) > 0 ? var.public_access.allowed_ip_ranges : ["127.0.0.1"]
  ) : []
  tags = var.tags

  consistency_policy {
    consistency_level = "Session"
  }

  geo_location {
    location          = var.location
    failover_priority = 0
    zone_redundant    = var.zone_redundant
  }

  backup {
    type = "Continuous"
    tier = var.continuous_backup_tier
  }

  dynamic "capabilities" {
    for_each = var.autoscale_max_throughput == null ? ["EnableServerless"] : []

    content {
      name = capabilities.value
    }
  }
}

resource "azurerm_cosmosdb_sql_database" "this" {
  name                = var.database_name
  resource_group_name = var.resource_group_name
  account_name        = azurerm_cosmosdb_account.this.name

  dynamic "autoscale_settings" {
    for_each = var.autoscale_max_throughput == null ? [] : [var.autoscale_max_throughput]

    content {
      max_throughput = autoscale_settings.value
    }
  }
}

resource "azurerm_cosmosdb_sql_container" "this" {
  for_each = var.containers

  name                  = each.key
  resource_group_name   = var.resource_group_name
  account_name          = azurerm_cosmosdb_account.this.name
  database_name         = azurerm_cosmosdb_sql_database.this.name
  partition_key_paths   = [each.value.partition_key]
  partition_key_version = 2
}
