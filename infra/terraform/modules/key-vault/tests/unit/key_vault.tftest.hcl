mock_provider "azurerm" {}

variables {
  name                = "kvtest"
  location            = "westeurope"
  resource_group_name = "rg-test"
  tags                = { environment = "test" }
  tenant_id           = "00000000-0000-0000-0000-000000000000"
}

run "is_closed_and_protected_by_default" {
  command = plan

  assert {
    condition     = azurerm_key_vault.this.rbac_authorization_enabled && azurerm_key_vault.this.purge_protection_enabled && !azurerm_key_vault.this.public_network_access_enabled
    error_message = "Roles instead of access policies, no purge, no public endpoint."
  }
  assert {
    condition     = output.uri == "https://kvtest.vault.azure.net"
    error_message = "References are built on the vault's URL."
  }
}

run "refuses_a_retention_out_of_range" {
  command = plan

  variables {
    soft_delete_retention_days = 5
  }

  expect_failures = [var.soft_delete_retention_days]
}
