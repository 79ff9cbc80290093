mock_provider "azurerm" {}

variables {
  name                = "psql-test"
  location            = "westeurope"
  resource_group_name = "rg-test"
  tags                = { environment = "test" }
  tenant_id           = "00000000-0000-0000-0000-000000000000"
  sku_name            = "GP_Standard_D2ds_v5"
  databases           = ["catalog", "basket"]
  administrators      = { object_id = "00000000-0000-0000-0000-00000000000a", name = "admins" }
}

run "logs_in_with_entra_only_by_default" {
  command = plan

  assert {
    condition     = azurerm_postgresql_flexible_server.this.authentication[0].active_directory_auth_enabled && !azurerm_postgresql_flexible_server.this.authentication[0].password_auth_enabled
    error_message = "Passwords are off unless password_login is set."
  }
  assert {
    condition     = azurerm_postgresql_flexible_server_configuration.this["require_secure_transport"].value == "on" && azurerm_postgresql_flexible_server_configuration.this["ssl_min_protocol_version"].value == "TLSv1.2"
    error_message = "Only TLS 1.2 and later."
  }
  assert {
    condition     = [for database in azurerm_postgresql_flexible_server_database.this : database.name] == ["basket", "catalog"]
    error_message = "One database per context."
  }
}

run "keeps_the_password_out_of_the_state" {
  command = plan

  variables {
    password_login         = { password_version = 3 }
    administrator_password = "only-for-this-test-4711"
  }

  assert {
    condition     = azurerm_postgresql_flexible_server.this.administrator_password == null && azurerm_postgresql_flexible_server.this.administrator_password_wo_version == 3
    error_message = "The password goes through the write-only argument."
  }
}

run "stands_by_in_another_zone" {
  command = plan

  variables {
    high_availability = { zone = "1", standby_zone = "2" }
  }

  assert {
    condition     = azurerm_postgresql_flexible_server.this.high_availability[0].mode == "ZoneRedundant"
    error_message = "A standby in the same zone would fall with it."
  }
}

run "refuses_a_standby_on_a_burstable_size" {
  command = plan

  variables {
    sku_name          = "B_Standard_B1ms"
    high_availability = { zone = "1", standby_zone = "2" }
  }

  expect_failures = [var.high_availability]
}

run "opens_exactly_the_listed_range" {
  command = plan

  variables {
    public_access = { enabled = true, allowed_ip_ranges = ["198.51.100.0/24", "203.0.113.7"] }
  }

  assert {
    condition     = azurerm_postgresql_flexible_server_firewall_rule.this["198.51.100.0/24"].end_ip_address == "198.51.100.255" && azurerm_postgresql_flexible_server_firewall_rule.this["203.0.113.7"].end_ip_address == "203.0.113.7"
    error_message = "First and last address of the range."
  }
}
