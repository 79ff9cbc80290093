mock_provider "azurerm" {}

variables {
  name                = "cosmos-test"
  location            = "westeurope"
  resource_group_name = "rg-test"
  tags                = { environment = "test" }
  database_name       = "ordering"
  containers          = { orders = { partition_key = "/customerId" } }
}

run "is_serverless_without_a_throughput" {
  command = plan

  assert {
    condition     = [for capability in azurerm_cosmosdb_account.this.capabilities : capability.name] == ["EnableServerless"] && length(azurerm_cosmosdb_sql_database.this.autoscale_settings) == 0
    error_message = "Serverless has no autoscale settings."
  }
  assert {
    condition     = azurerm_cosmosdb_account.this.local_authentication_disabled && azurerm_cosmosdb_account.this.minimal_tls_version == "Tls12"
    error_message = "No keys, and TLS 1.2."
  }
}

run "scales_by_itself_with_a_throughput" {
  command = plan

  variables {
    autoscale_max_throughput = 4000
    zone_redundant           = true
  }

  assert {
    condition     = length(azurerm_cosmosdb_account.this.capabilities) == 0 && azurerm_cosmosdb_sql_database.this.autoscale_settings[0].max_throughput == 4000
    error_message = "Provisioned with autoscale."
  }
  assert {
    condition     = alltrue([for location in azurerm_cosmosdb_account.this.geo_location : location.zone_redundant])
    error_message = "Replicas in several zones."
  }
}

run "closes_a_public_endpoint_without_ranges" {
  command = plan

  variables {
    public_access = { enabled = true }
  }

  assert {
    condition     = azurerm_cosmosdb_account.this.ip_range_filter == toset(["127.0.0.1"])
    error_message = "An empty filter would let everybody in."
  }
}

run "refuses_an_odd_throughput" {
  command = plan

  variables {
    autoscale_max_throughput = 1500
  }

  expect_failures = [var.autoscale_max_throughput]
}
