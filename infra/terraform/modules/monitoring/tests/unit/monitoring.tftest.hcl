mock_provider "azurerm" {}

variables {
  name                = "eshop-test"
  location            = "westeurope"
  resource_group_name = "rg-test"
  tags                = { environment = "test" }
  retention_days      = 7
  alert_emails        = ["team@eshop.example"]
}

run "keeps_seven_days_although_the_workspace_cannot" {
  command = plan

  assert {
    condition     = azurerm_log_analytics_workspace.this.retention_in_days == 30
    error_message = "A paid workspace starts at 30 days."
  }
  assert {
    condition     = alltrue([for table in azurerm_log_analytics_workspace_table.this : table.retention_in_days == 7 && table.total_retention_in_days == 7]) && length(azurerm_log_analytics_workspace_table.this) == 15
    error_message = "Each table keeps 7 days."
  }
}

run "keeps_ninety_days" {
  command = plan

  variables {
    retention_days = 90
  }

  assert {
    condition     = azurerm_log_analytics_workspace.this.retention_in_days == 90 && azurerm_log_analytics_workspace_table.this["AppRequests"].retention_in_days == 90
    error_message = "Workspace and tables agree."
  }
}

run "tells_somebody" {
  command = plan

  variables {
    metric_alerts = { dead = { scope_id = "/subscriptions/x", namespace = "n", metric = "m", aggregation = "Maximum", threshold = 0, severity = 1, description = "d", dimensions = { EntityName = ["t"] } } }
    log_alerts    = { errors = { query = "AppRequests", description = "d" } }
  }

  assert {
    condition     = azurerm_monitor_metric_alert.this["dead"].criteria[0].dimension[0].values == tolist(["t"]) && azurerm_monitor_metric_alert.this["dead"].severity == 1
    error_message = "The alert watches the entity that it names."
  }
  assert {
    condition     = [for receiver in azurerm_monitor_action_group.this.email_receiver : receiver.email_address] == ["team@eshop.example"]
    error_message = "The team gets the mail."
  }
}

run "refuses_three_days" {
  command = plan

  variables {
    retention_days = 3
  }

  expect_failures = [var.retention_days]
}

run "refuses_alerts_to_nobody" {
  command = plan

  variables {
    alert_emails = []
  }

  expect_failures = [var.alert_emails]
}
