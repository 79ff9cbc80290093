output "id" {
  description = "Id of the registry."
  value       = azurerm_container_registry.this.id
}

output "login_server" {
  description = "Host to push to and pull from."
  value       = "${var.name}.azurecr.io"
}
