output "id" {
  description = "Id of the namespace."
  value       = azurerm_servicebus_namespace.this.id
}

output "host" {
  description = "Fully qualified namespace, for identity-based connections."
  value       = "${var.name}.servicebus.windows.net"
}

output "topic_ids" {
  description = "Topic ids by name: a sender's scope."
  value       = { for name, topic in azurerm_servicebus_topic.this : name => topic.id }
}

output "subscription_ids" {
  description = "Subscription ids by \"topic/subscription\": a receiver's scope."
  value       = { for key, subscription in azurerm_servicebus_subscription.this : key => subscription.id }
}
