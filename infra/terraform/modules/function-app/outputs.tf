output "id" {
  description = "Id of the app."
  value       = azurerm_function_app_flex_consumption.this.id
}

output "name" {
  description = "Name of the app, for the deployment task."
  value       = azurerm_function_app_flex_consumption.this.name
}

output "key_vault_principal_id" {
  description = "Object id of the system-assigned identity, which resolves Key Vault references."
  value       = azurerm_function_app_flex_consumption.this.identity[0].principal_id
}
