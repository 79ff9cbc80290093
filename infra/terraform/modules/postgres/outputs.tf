output "id" {
  description = "Id of the server."
  value       = azurerm_postgresql_flexible_server.this.id
}

output "host" {
  description = "Host name, which a private endpoint resolves to a private address inside the network."
  value       = "${var.name}.postgres.database.azure.com"
}
