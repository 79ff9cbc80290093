mock_provider "azurerm" {}

variables {
  name                = "sql-test"
  location            = "westeurope"
  resource_group_name = "rg-test"
  tags                = { environment = "test" }
  tenant_id           = "00000000-0000-0000-0000-000000000000"
  administrators      = { object_id = "00000000-0000-0000-0000-00000000000a", name = "admins" }
  databases           = { ordering = { sku_name = "GP_Gen5_2", zone_redundant = true, weekly_backup_kept = "P12W" } }
}

run "has_no_sql_login" {
  command = plan

  assert {
    condition     = azurerm_mssql_server.this.azuread_administrator[0].azuread_authentication_only && azurerm_mssql_server.this.administrator_login_password == null
    error_message = "Entra identities only."
  }
  assert {
    condition     = output.urls["ordering"] == "mssql://sql-test.database.windows.net:1433/ordering"
    error_message = "The URL holds no secret."
  }
  assert {
    condition     = output.connection_strings["ordering"] == "Server=tcp:sql-test.database.windows.net,1433;Database=ordering;Authentication=Active Directory Default;Encrypt=True;TrustServerCertificate=False;Connection Timeout=30"
    error_message = "The connection string holds no secret."
  }
  assert {
    condition     = azurerm_mssql_database.this["ordering"].zone_redundant && azurerm_mssql_database.this["ordering"].long_term_retention_policy[0].weekly_retention == "P12W"
    error_message = "Zones and weekly backups as asked."
  }
}

run "makes_ledger_tables_where_asked_for" {
  command = plan

  variables {
    databases = { ordering = { sku_name = "GP_Gen5_2", append_only_ledger = true } }
  }

  assert {
    condition     = output.urls["ordering"] == "mssql://sql-test.database.windows.net:1433/ordering?ledger=append-only"
    error_message = "The URL tells the migrations."
  }
}

run "refuses_serverless_without_limits" {
  command = plan

  variables {
    databases = { ordering = { sku_name = "GP_S_Gen5_1" } }
  }

  expect_failures = [var.databases]
}
