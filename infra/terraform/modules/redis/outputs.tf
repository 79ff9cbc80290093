output "id" {
  description = "Id of the instance."
  value       = azurerm_managed_redis.this.id
}

output "url" {
  description = "URL without credentials."
  value       = "rediss://${var.name}.${var.location}.redis.azure.net:10000"
}
