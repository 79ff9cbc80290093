# A workspace keeps at least 30 days (7 only in the legacy free tier, which can no longer be bought). A table can be
# set lower, down to 4 days: that is how dev gets its 7. Azure charges the first 31 days with the ingestion, so the
# short retention is a rule about data, not a saving.
resource "azurerm_log_analytics_workspace" "this" {
  name                            = "log-${var.name}"
  location                        = var.location
  resource_group_name             = var.resource_group_name
  sku                             = "PerGB2018"
  retention_in_days               = max(30, var.retention_days)
  daily_quota_gb                  = var.daily_quota_gb
  local_authentication_enabled    = false
  allow_resource_only_permissions = true
  tags                            = var.tags
}

resource "azurerm_log_analytics_workspace_table" "this" {
  for_each = var.retained_tables

  name                    = each.key
  workspace_id            = azurerm_log_analytics_workspace.this.id
  plan                    = "Analytics"
  retention_in_days       = var.retention_days
  total_retention_in_days = var.retention_days
}

resource "azurerm_application_insights" "this" {
  name                          = "appi-${var.name}"
  location                      = var.location
  resource_group_name           = var.resource_group_name
  workspace_id                  = azurerm_log_analytics_workspace.this.id
  application_type              = "Node.JS"
  local_authentication_disabled = true
  disable_ip_masking            = false
  tags                          = var.tags
}

resource "azurerm_monitor_diagnostic_setting" "this" {
  for_each = var.diagnostics

  name                       = "to-log-analytics"
  target_resource_id         = each.value.resource_id
  log_analytics_workspace_id = azurerm_log_analytics_workspace.this.id

  enabled_log {
    category_group = each.value.category_group
  }

  enabled_metric {
    category = "AllMetrics"
  }
}
