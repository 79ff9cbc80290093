resource "azurerm_application_insights_workbook" "this" {
  # Azure wants a UUID for a name; this one is the same in every plan.
  name                = uuidv5("dns", "workbook.${var.name}")
  display_name        = "eShop (${var.name})"
  location            = var.location
  resource_group_name = var.resource_group_name
  source_id           = lower(azurerm_log_analytics_workspace.this.id)
  data_json           = jsonencode(merge(jsondecode(var.workbook), { fallbackResourceIds = [azurerm_log_analytics_workspace.this.id] }))
  tags                = var.tags
}
