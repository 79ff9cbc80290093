resource "azurerm_mssql_server" "this" {
  name                          = var.name
  location                      = var.location
  resource_group_name           = var.resource_group_name
  version                       = "12.0"
  minimum_tls_version           = "1.2"
  public_network_access_enabled = var.public_access.enabled
  # Redirect would need ports 11000 to 11999 open to the private endpoint as well.
  connection_policy = "Proxy"
  tags              = var.tags

  azuread_administrator {
    login_username              = var.administrators.name
    object_id                   = var.administrators.object_id
    tenant_id                   = var.tenant_id
    azuread_authentication_only = true
  }
}

resource "azurerm_mssql_database" "this" {
  for_each = var.databases

  name                        = each.key
  server_id                   = azurerm_mssql_server.this.id
  sku_name                    = each.value.sku_name
  max_size_gb                 = each.value.max_size_gb
  min_capacity                = try(each.value.serverless.min_capacity, null)
  auto_pause_delay_in_minutes = try(each.value.serverless.auto_pause_minutes, null)
  zone_redundant              = each.value.zone_redundant
  storage_account_type        = each.value.backup_redundancy
  tags                        = var.tags

  short_term_retention_policy {
    retention_days = each.value.backup_days
  }

  dynamic "long_term_retention_policy" {
    for_each = each.value.weekly_backup_kept == null ? [] : [each.value.weekly_backup_kept]

    content {
      weekly_retention = long_term_retention_policy.value
    }
  }
}

resource "azurerm_mssql_firewall_rule" "this" {
  for_each = var.public_access.enabled ? var.public_access.allowed_ip_ranges : []

  name             = "allow-${replace(replace(each.key, ".", "-"), "/", "-")}"
  server_id        = azurerm_mssql_server.this.id
  start_ip_address = cidrhost(strcontains(each.key, "/") ? each.key : "${each.key}/32", 0)
  end_ip_address   = cidrhost(strcontains(each.key, "/") ? each.key : "${each.key}/32", -1)
}
