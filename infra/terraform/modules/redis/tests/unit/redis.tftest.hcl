mock_provider "azurerm" {}

variables {
  name                = "redis-test"
  location            = "westeurope"
  resource_group_name = "rg-test"
  tags                = { environment = "test" }
  sku_name            = "Balanced_B0"
}

run "is_encrypted_private_and_without_keys" {
  command = plan

  assert {
    condition     = azurerm_managed_redis.this.default_database[0].client_protocol == "Encrypted" && !azurerm_managed_redis.this.default_database[0].access_keys_authentication_enabled
    error_message = "TLS and Entra unless a key is asked for."
  }
  assert {
    condition     = azurerm_managed_redis.this.public_network_access == "Disabled" && azurerm_managed_redis.this.high_availability_enabled
    error_message = "Private, with a replica."
  }
  assert {
    condition     = output.url == "rediss://redis-test.westeurope.redis.azure.net:10000"
    error_message = "Managed Redis answers TLS on port 10000."
  }
}
