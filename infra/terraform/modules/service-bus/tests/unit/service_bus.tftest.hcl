mock_provider "azurerm" {}

variables {
  name                = "sb-test"
  location            = "westeurope"
  resource_group_name = "rg-test"
  tags                = { environment = "test" }
  sku                 = "Premium"
  entities = {
    Queues = [{ Name = "mail", Properties = { MaxDeliveryCount = 3, LockDuration = "PT30S" } }]
    Topics = [{
      Name       = "basket-events"
      Properties = { DefaultMessageTimeToLive = "P14D", RequiresDuplicateDetection = true, DuplicateDetectionHistoryTimeWindow = "PT10M" }
      Subscriptions = [{
        Name       = "ordering"
        Properties = { MaxDeliveryCount = 7, LockDuration = "PT1M", DeadLetteringOnMessageExpiration = true }
        Rules = [
          { Name = "checkouts", Properties = { FilterType = "Correlation", CorrelationFilter = { Label = "eshop.basket.checked-out.v1", Properties = { tenant = "a" } } } },
          { Name = "others", Properties = { FilterType = "Sql", SqlFilter = { SqlExpression = "sys.Label IN ('x', 'y') AND ([redrive-to] IS NULL OR [redrive-to] = 'ordering')" } } },
        ]
      }]
    }]
  }
}

run "makes_what_the_emulator_reads" {
  command = plan

  assert {
    condition     = azurerm_servicebus_topic.this["basket-events"].requires_duplicate_detection && azurerm_servicebus_topic.this["basket-events"].default_message_ttl == "P14D" && azurerm_servicebus_topic.this["basket-events"].duplicate_detection_history_time_window == "PT10M"
    error_message = "Topic properties as in the file."
  }
  assert {
    condition     = azurerm_servicebus_subscription.this["basket-events/ordering"].max_delivery_count == 7 && azurerm_servicebus_subscription.this["basket-events/ordering"].dead_lettering_on_message_expiration
    error_message = "Subscription properties as in the file."
  }
  assert {
    condition     = azurerm_servicebus_subscription_rule.this["basket-events/ordering/checkouts"].filter_type == "CorrelationFilter" && azurerm_servicebus_subscription_rule.this["basket-events/ordering/checkouts"].correlation_filter[0].label == "eshop.basket.checked-out.v1" && azurerm_servicebus_subscription_rule.this["basket-events/ordering/checkouts"].correlation_filter[0].properties["tenant"] == "a"
    error_message = "Correlation filter as in the file."
  }
  assert {
    condition     = azurerm_servicebus_subscription_rule.this["basket-events/ordering/others"].sql_filter == "sys.Label IN ('x', 'y') AND ([redrive-to] IS NULL OR [redrive-to] = 'ordering')"
    error_message = "SQL filter as in the file."
  }
  assert {
    condition     = azurerm_servicebus_queue.this["mail"].max_delivery_count == 3 && azurerm_servicebus_queue.this["mail"].lock_duration == "PT30S"
    error_message = "Queue as in the file."
  }
}

run "has_no_shared_keys" {
  command = plan

  assert {
    condition     = !azurerm_servicebus_namespace.this.local_auth_enabled && azurerm_servicebus_namespace.this.minimum_tls_version == "1.2" && !azurerm_servicebus_namespace.this.public_network_access_enabled
    error_message = "Entra only, TLS 1.2, private."
  }
}

run "has_no_capacity_on_standard" {
  command = plan

  variables {
    sku                           = "Standard"
    public_network_access_enabled = true
  }

  assert {
    condition     = azurerm_servicebus_namespace.this.capacity == 0 && azurerm_servicebus_namespace.this.premium_messaging_partitions == 0
    error_message = "Messaging units belong to Premium."
  }
}

run "refuses_a_private_standard_namespace" {
  command = plan

  variables {
    sku = "Standard"
  }

  expect_failures = [var.public_network_access_enabled]
}

run "refuses_a_rule_without_its_filter" {
  command = plan

  variables {
    entities = { Queues = [], Topics = [{ Name = "t", Subscriptions = [{ Name = "s", Rules = [{ Name = "r", Properties = { FilterType = "Sql" } }] }] }] }
  }

  expect_failures = [var.entities]
}
