mock_provider "azurerm" {}

variables {
  name                = "sttest"
  location            = "westeurope"
  resource_group_name = "rg-test"
  tags                = { environment = "test" }
  replication         = "ZRS"
  containers          = ["deployments"]
}

run "has_no_keys_and_no_public_endpoint" {
  command = plan

  assert {
    condition     = azurerm_storage_account.this.shared_access_key_enabled == false && azurerm_storage_account.this.local_user_enabled == false
    error_message = "Storage is reached with Entra identities only."
  }
  assert {
    condition     = azurerm_storage_account.this.public_network_access_enabled == false
    error_message = "Closed unless asked for."
  }
  assert {
    condition     = output.container_urls["deployments"] == "https://sttest.blob.core.windows.net/deployments"
    error_message = "The deployment settings need the container's URL."
  }
}

run "opens_to_listed_ranges_only" {
  command = plan

  variables {
    public_access = { enabled = true, allowed_ip_ranges = ["198.51.100.0/24", "203.0.113.7/32"] }
  }

  assert {
    condition     = azurerm_storage_account.this.network_rules[0].default_action == "Deny" && azurerm_storage_account.this.network_rules[0].ip_rules == toset(["198.51.100.0/24", "203.0.113.7"])
    error_message = "A public endpoint still denies everybody who is not listed."
  }
}

run "refuses_an_unknown_replication" {
  command = plan

  variables {
    replication = "RAGRS2"
  }

  expect_failures = [var.replication]
}
