resource "azurerm_user_assigned_identity" "this" {
  for_each = var.identities

  name                = "${var.name}-${each.key}"
  location            = var.location
  resource_group_name = var.resource_group_name
  tags                = var.tags
}

resource "azurerm_federated_identity_credential" "this" {
  for_each = var.federated_credentials

  name                      = each.key
  user_assigned_identity_id = azurerm_user_assigned_identity.this[each.value.identity].id
  issuer                    = each.value.issuer
  subject                   = each.value.subject
  audience                  = ["api://AzureADTokenExchange"]
}

resource "azurerm_role_assignment" "this" {
  for_each = var.role_assignments

  scope                = each.value.scope_id
  role_definition_name = each.value.role
  principal_id         = each.value.principal_id != null ? each.value.principal_id : azurerm_user_assigned_identity.this[each.value.principal].principal_id
  principal_type       = each.value.principal_type
  # A new identity takes minutes to reach every directory replica; its type is known here anyway.
  skip_service_principal_aad_check = each.value.principal_type == "ServicePrincipal" ? true : null
  description                      = each.value.reason
}

# Cosmos DB's data plane has roles of its own; …0002 is the built-in data contributor.
resource "azurerm_cosmosdb_sql_role_assignment" "this" {
  for_each = var.cosmos_data

  account_name        = each.value.account_name
  resource_group_name = each.value.resource_group_name
  role_definition_id  = "${each.value.account_id}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000002"
  principal_id        = azurerm_user_assigned_identity.this[each.value.principal].principal_id
  scope               = each.value.scope_id
}

resource "azurerm_managed_redis_access_policy_assignment" "this" {
  for_each = var.redis_data

  managed_redis_id = each.value.redis_id
  object_id        = azurerm_user_assigned_identity.this[each.value.principal].principal_id
}
