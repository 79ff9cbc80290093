locals {
  # What cannot wait wakes the on-call person; everything else is looked at on the next working day.
  receivers = {
    page   = setunion(var.alert_emails, var.on_call_emails)
    ticket = var.alert_emails
  }
  # Azure's words: 1 is an error, 2 a warning.
  severities = { page = 1, ticket = 2 }
}

resource "azurerm_monitor_action_group" "this" {
  for_each = local.receivers

  name                = "ag-${var.name}-${each.key}"
  resource_group_name = var.resource_group_name
  short_name          = each.key
  tags                = var.tags

  dynamic "email_receiver" {
    for_each = each.value

    content {
      name                    = email_receiver.value
      email_address           = email_receiver.value
      use_common_alert_schema = true
    }
  }
}

resource "azurerm_monitor_metric_alert" "this" {
  for_each = var.metric_alerts

  name                = "alert-${var.name}-${each.key}"
  resource_group_name = var.resource_group_name
  scopes              = [each.value.scope_id]
  description         = each.value.description
  severity            = local.severities[each.value.severity]
  window_size         = each.value.window
  frequency           = each.value.frequency
  tags                = var.tags

  criteria {
    metric_namespace = each.value.namespace
    metric_name      = each.value.metric
    aggregation      = each.value.aggregation
    operator         = each.value.operator
    threshold        = each.value.threshold

    dynamic "dimension" {
      for_each = each.value.dimensions

      content {
        name     = dimension.key
        operator = "Include"
        values   = dimension.value
      }
    }
  }

  action {
    action_group_id = azurerm_monitor_action_group.this[each.value.severity].id
  }
}

resource "azurerm_monitor_scheduled_query_rules_alert_v2" "this" {
  for_each = var.log_alerts

  name                    = "alert-${var.name}-${each.key}"
  location                = var.location
  resource_group_name     = var.resource_group_name
  scopes                  = [azurerm_log_analytics_workspace.this.id]
  description             = each.value.description
  severity                = local.severities[each.value.severity]
  window_duration         = each.value.window
  evaluation_frequency    = each.value.frequency
  auto_mitigation_enabled = true
  # The tables appear with the first telemetry; until then Azure would refuse the query.
  skip_query_validation = true
  tags                  = var.tags

  criteria {
    query                   = each.value.query
    time_aggregation_method = "Count"
    operator                = "GreaterThan"
    threshold               = 0
  }

  action {
    action_groups = [azurerm_monitor_action_group.this[each.value.severity].id]
  }
}
