resource "azurerm_servicebus_namespace" "this" {
  name                          = var.name
  location                      = var.location
  resource_group_name           = var.resource_group_name
  sku                           = var.sku
  capacity                      = var.sku == "Premium" ? var.capacity : 0
  premium_messaging_partitions  = var.sku == "Premium" ? 1 : 0
  local_auth_enabled            = false
  minimum_tls_version           = "1.2"
  public_network_access_enabled = var.public_network_access_enabled
  tags                          = var.tags
}

resource "azurerm_servicebus_queue" "this" {
  for_each = { for queue in var.entities.Queues : queue.Name => queue.Properties }

  name                                    = each.key
  namespace_id                            = azurerm_servicebus_namespace.this.id
  dead_lettering_on_message_expiration    = each.value.DeadLetteringOnMessageExpiration
  default_message_ttl                     = each.value.DefaultMessageTimeToLive
  duplicate_detection_history_time_window = each.value.DuplicateDetectionHistoryTimeWindow
  forward_dead_lettered_messages_to       = each.value.ForwardDeadLetteredMessagesTo
  forward_to                              = each.value.ForwardTo
  lock_duration                           = each.value.LockDuration
  max_delivery_count                      = each.value.MaxDeliveryCount
  requires_duplicate_detection            = each.value.RequiresDuplicateDetection
  requires_session                        = each.value.RequiresSession
}

resource "azurerm_servicebus_topic" "this" {
  for_each = local.topics

  name                                    = each.key
  namespace_id                            = azurerm_servicebus_namespace.this.id
  default_message_ttl                     = each.value.Properties.DefaultMessageTimeToLive
  duplicate_detection_history_time_window = each.value.Properties.DuplicateDetectionHistoryTimeWindow
  requires_duplicate_detection            = each.value.Properties.RequiresDuplicateDetection
}

resource "azurerm_servicebus_subscription" "this" {
  for_each = local.subscriptions

  name                                 = each.value.Name
  topic_id                             = azurerm_servicebus_topic.this[each.value.topic].id
  dead_lettering_on_message_expiration = each.value.Properties.DeadLetteringOnMessageExpiration
  default_message_ttl                  = each.value.Properties.DefaultMessageTimeToLive
  forward_dead_lettered_messages_to    = each.value.Properties.ForwardDeadLetteredMessagesTo
  forward_to                           = each.value.Properties.ForwardTo
  lock_duration                        = each.value.Properties.LockDuration
  max_delivery_count                   = each.value.Properties.MaxDeliveryCount
  requires_session                     = each.value.Properties.RequiresSession
}

# Azure gives a new subscription a rule that matches everything and takes it away when the first rule of ours comes:
# for those seconds a message may arrive that no rule asked for. The consumers ignore event types that they don't know.
resource "azurerm_servicebus_subscription_rule" "this" {
  for_each = local.rules

  name            = each.value.name
  subscription_id = azurerm_servicebus_subscription.this[each.value.subscription].id
  filter_type     = "${each.value.FilterType}Filter"
  sql_filter      = each.value.FilterType == "Sql" ? each.value.SqlFilter.SqlExpression : null
  action          = try(each.value.Action.SqlExpression, null)

  dynamic "correlation_filter" {
    for_each = each.value.FilterType == "Correlation" ? [each.value.CorrelationFilter] : []

    content {
      content_type        = correlation_filter.value.ContentType
      correlation_id      = correlation_filter.value.CorrelationId
      label               = correlation_filter.value.Label
      message_id          = correlation_filter.value.MessageId
      properties          = correlation_filter.value.Properties
      reply_to            = correlation_filter.value.ReplyTo
      reply_to_session_id = correlation_filter.value.ReplyToSessionId
      session_id          = correlation_filter.value.SessionId
      to                  = correlation_filter.value.To
    }
  }
}
