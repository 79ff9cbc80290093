output "id" {
  description = "Id of the vault."
  value       = azurerm_key_vault.this.id
}

output "uri" {
  description = "Base URL of the vault. Made from the name so that settings are known in the plan."
  value       = "https://${var.name}.vault.azure.net"
}
