output "id" {
  description = "Id of the account."
  value       = azurerm_cosmosdb_account.this.id
}

output "endpoint" {
  description = "Endpoint for identity-based connections."
  value       = "https://${var.name}.documents.azure.com:443/"
}

output "database_scope" {
  description = "Scope of the database for data plane role assignments."
  value       = "${azurerm_cosmosdb_account.this.id}/dbs/${var.database_name}"
}
