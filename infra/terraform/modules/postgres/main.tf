resource "azurerm_postgresql_flexible_server" "this" {
  name                          = var.name
  location                      = var.location
  resource_group_name           = var.resource_group_name
  version                       = var.server_version
  sku_name                      = var.sku_name
  storage_mb                    = var.storage_mb
  auto_grow_enabled             = true
  backup_retention_days         = var.backup.retention_days
  geo_redundant_backup_enabled  = var.backup.geo_redundant
  public_network_access_enabled = var.public_access.enabled
  zone                          = try(var.high_availability.zone, null)
  tags                          = var.tags

  administrator_login               = try(var.password_login.administrator_login, null)
  administrator_password_wo         = var.password_login == null ? null : var.administrator_password
  administrator_password_wo_version = try(var.password_login.password_version, null)

  authentication {
    active_directory_auth_enabled = true
    password_auth_enabled         = var.password_login != null
    tenant_id                     = var.tenant_id
  }

  dynamic "high_availability" {
    for_each = var.high_availability == null ? [] : [var.high_availability]

    content {
      mode                      = "ZoneRedundant"
      standby_availability_zone = high_availability.value.standby_zone
    }
  }

  lifecycle {
    # After a failover the zones have changed places, and the disk grows by itself; neither is a drift to correct.
    ignore_changes = [zone, high_availability[0].standby_availability_zone, storage_mb]
  }
}

resource "azurerm_postgresql_flexible_server_active_directory_administrator" "this" {
  server_name         = azurerm_postgresql_flexible_server.this.name
  resource_group_name = var.resource_group_name
  tenant_id           = var.tenant_id
  object_id           = var.administrators.object_id
  principal_name      = var.administrators.name
  principal_type      = "Group"
}

resource "azurerm_postgresql_flexible_server_database" "this" {
  for_each = var.databases

  name      = each.key
  server_id = azurerm_postgresql_flexible_server.this.id
  charset   = "UTF8"
  collation = "en_US.utf8"
}

resource "azurerm_postgresql_flexible_server_configuration" "this" {
  for_each = {
    require_secure_transport = "on"
    ssl_min_protocol_version = "TLSv1.2"
    # Search and the trigram index of the catalogue.
    "azure.extensions" = "PG_TRGM,UNACCENT"
  }

  name      = each.key
  server_id = azurerm_postgresql_flexible_server.this.id
  value     = each.value
}

resource "azurerm_postgresql_flexible_server_firewall_rule" "this" {
  for_each = var.public_access.enabled ? var.public_access.allowed_ip_ranges : []

  name             = "allow-${replace(replace(each.key, ".", "-"), "/", "-")}"
  server_id        = azurerm_postgresql_flexible_server.this.id
  start_ip_address = cidrhost(strcontains(each.key, "/") ? each.key : "${each.key}/32", 0)
  end_ip_address   = cidrhost(strcontains(each.key, "/") ? each.key : "${each.key}/32", -1)
}
