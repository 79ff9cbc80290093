mock_provider "azurerm" {}

variables {
  name                = "eshop-test"
  location            = "westeurope"
  resource_group_name = "rg-test"
  tags                = { environment = "test" }
  retention_days      = 7
  alert_emails        = ["team@eshop.example"]
  workbook            = jsonencode({ version = "Notebook/1.0", items = [{ type = 1 }] })
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
    on_call_emails = ["on-call@eshop.example"]
    metric_alerts  = { dead = { scope_id = "/subscriptions/x", namespace = "n", metric = "m", aggregation = "Maximum", operator = "GreaterThan", threshold = 0, severity = "ticket", window = "PT15M", frequency = "PT5M", description = "d", dimensions = { EntityName = ["t"] } } }
    log_alerts     = { errors = { query = "AppRequests", severity = "page", window = "PT6H", frequency = "PT5M", description = "d" } }
  }

  assert {
    condition     = azurerm_monitor_metric_alert.this["dead"].criteria[0].dimension[0].values == tolist(["t"]) && azurerm_monitor_metric_alert.this["dead"].severity == 2
    error_message = "The alert watches the entity that it names."
  }
  assert {
    condition     = azurerm_monitor_scheduled_query_rules_alert_v2.this["errors"].severity == 1 && azurerm_monitor_scheduled_query_rules_alert_v2.this["errors"].window_duration == "PT6H"
    error_message = "The alert looks as far back as it was told."
  }
  assert {
    condition     = [for receiver in azurerm_monitor_action_group.this["ticket"].email_receiver : receiver.email_address] == ["team@eshop.example"]
    error_message = "The team gets the mail."
  }
  assert {
    condition     = [for receiver in azurerm_monitor_action_group.this["page"].email_receiver : receiver.email_address] == ["on-call@eshop.example", "team@eshop.example"]
    error_message = "What cannot wait reaches the on-call person too."
  }
}

run "asks_the_workspace_from_its_workbook" {
  command = apply

  override_resource {
    target = azurerm_log_analytics_workspace.this
    values = { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/RG/providers/Microsoft.OperationalInsights/workspaces/log" }
  }

  assert {
    condition     = jsondecode(azurerm_application_insights_workbook.this.data_json).fallbackResourceIds == [azurerm_log_analytics_workspace.this.id] && length(jsondecode(azurerm_application_insights_workbook.this.data_json).items) == 1
    error_message = "The workbook asks this workspace, and keeps its items."
  }
  assert {
    condition     = azurerm_application_insights_workbook.this.source_id == lower(azurerm_log_analytics_workspace.this.id)
    error_message = "Azure refuses capital letters in source_id."
  }
}

run "refuses_another_severity" {
  command = plan

  variables {
    log_alerts = { errors = { query = "AppRequests", severity = "1", window = "PT15M", frequency = "PT5M", description = "d" } }
  }

  expect_failures = [var.log_alerts]
}

run "refuses_a_workbook_without_items" {
  command = plan

  variables {
    workbook = "{}"
  }

  expect_failures = [var.workbook]
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
