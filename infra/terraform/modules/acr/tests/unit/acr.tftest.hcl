mock_provider "azurerm" {}

variables {
  name                = "crtest"
  location            = "westeurope"
  resource_group_name = "rg-test"
  tags                = { environment = "test" }
  sku                 = "Premium"
}

run "replicates_and_keeps_untagged_images_for_a_while" {
  command = plan

  variables {
    georeplication_locations = ["northeurope"]
    zone_redundancy_enabled  = true
    untagged_retention_days  = 30
  }

  assert {
    condition     = azurerm_container_registry.this.georeplications[0].location == "northeurope" && azurerm_container_registry.this.georeplications[0].zone_redundancy_enabled
    error_message = "The copy is as redundant as the original."
  }
  assert {
    condition     = azurerm_container_registry.this.retention_policy_in_days == 30 && !azurerm_container_registry.this.admin_enabled && !azurerm_container_registry.this.public_network_access_enabled
    error_message = "No admin user, no public endpoint, and old untagged manifests go."
  }
  assert {
    condition     = azurerm_container_registry.this.network_rule_bypass_option == "AzureServices"
    error_message = "Images are promoted by import from another registry."
  }
}

run "refuses_premium_features_on_basic" {
  command = plan

  variables {
    sku                           = "Basic"
    public_network_access_enabled = true
    untagged_retention_days       = 30
  }

  expect_failures = [var.untagged_retention_days]
}

run "refuses_a_private_basic_registry" {
  command = plan

  variables {
    sku = "Basic"
  }

  expect_failures = [var.public_network_access_enabled]
}
