output "id" {
  description = "Id of the account."
  value       = azurerm_storage_account.this.id
}

output "name" {
  description = "Name of the account, for identity-based connections (`…__accountName`)."
  value       = azurerm_storage_account.this.name
}

output "container_urls" {
  description = "URL of each container."
  value       = { for name, container in azurerm_storage_container.this : name => "https://${azurerm_storage_account.this.name}.blob.core.windows.net/${container.name}" }
}

output "web_host" {
  description = "Host of the account's static website, once it is switched on."
  value       = azurerm_storage_account.this.primary_web_host
}
