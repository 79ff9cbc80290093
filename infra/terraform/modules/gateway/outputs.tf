output "application_gateway_id" {
  description = "Id of the Application Gateway."
  value       = azurerm_application_gateway.this.id
}

output "api_management_id" {
  description = "Id of API Management."
  value       = azurerm_api_management.this.id
}

output "public_address" {
  description = "Address that the shop's host name has to point to."
  value       = azurerm_public_ip.gateway.ip_address
}

output "access" {
  description = "Role assignments made here, as rows of the access table."
  value       = local.access
}
