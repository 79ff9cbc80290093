mock_provider "azurerm" {
  mock_resource "azurerm_function_app_flex_consumption" {
    defaults = {
      id = "/subscriptions/x/resourceGroups/rg-test/providers/Microsoft.Web/sites/func-test"
    }
  }
}

variables {
  name                                   = "func-test"
  location                               = "westeurope"
  resource_group_name                    = "rg-test"
  tags                                   = { environment = "test" }
  identity                               = { id = "/subscriptions/x/identity", client_id = "11111111-1111-1111-1111-111111111111" }
  storage                                = { account_name = "sttest", container_url = "https://sttest.blob.core.windows.net/deployments" }
  subnet_id                              = "/subscriptions/x/subnet"
  app_settings                           = { CATALOG_DB = "@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/catalog-db)" }
  application_insights_connection_string = "InstrumentationKey=none"
  strip_empty_storage_setting            = false
}

run "connects_by_identity" {
  command = plan

  assert {
    condition     = azurerm_service_plan.this.sku_name == "FC1" && azurerm_function_app_flex_consumption.this.storage_authentication_type == "UserAssignedIdentity" && azurerm_function_app_flex_consumption.this.storage_access_key == null
    error_message = "Flex Consumption, with the package read by identity."
  }
  assert {
    condition = azurerm_function_app_flex_consumption.this.app_settings == tomap({
      CATALOG_DB                                = "@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/catalog-db)"
      AzureWebJobsStorage__accountName          = "sttest"
      AzureWebJobsStorage__credential           = "managedidentity"
      AzureWebJobsStorage__clientId             = "11111111-1111-1111-1111-111111111111"
      AZURE_CLIENT_ID                           = "11111111-1111-1111-1111-111111111111"
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING = "ClientId=11111111-1111-1111-1111-111111111111;Authorization=AAD"
    })
    error_message = "The app's settings and the identity-based connections, nothing else."
  }
  assert {
    condition     = azurerm_function_app_flex_consumption.this.site_config[0].ip_restriction_default_action == "Deny" && azurerm_function_app_flex_consumption.this.site_config[0].scm_ip_restriction_default_action == "Deny"
    error_message = "Nobody gets in who is not listed."
  }
}

run "lets_listed_ranges_in_when_public" {
  command = plan

  variables {
    public_network_access_enabled = true
    allowed_ip_ranges             = ["203.0.113.7"]
  }

  assert {
    condition     = [for rule in azurerm_function_app_flex_consumption.this.site_config[0].ip_restriction : rule.ip_address] == ["203.0.113.7/32"]
    error_message = "A single address is a /32."
  }
}

run "removes_the_empty_storage_setting_again" {
  command = plan

  variables {
    strip_empty_storage_setting = true
  }

  assert {
    condition     = length(terraform_data.strip_empty_storage_setting) == 1
    error_message = "The work-around for the provider's empty AzureWebJobsStorage is on by default."
  }
}

run "refuses_a_storage_connection_string" {
  command = plan

  variables {
    app_settings = { AzureWebJobsStorage = "DefaultEndpointsProtocol=https" }
  }

  expect_failures = [var.app_settings]
}

run "refuses_settings_that_flex_refuses" {
  command = plan

  variables {
    app_settings = { FUNCTIONS_WORKER_RUNTIME = "node" }
  }

  expect_failures = [var.app_settings]
}
