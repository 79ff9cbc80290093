locals {
  topics = { for topic in var.entities.Topics : topic.Name => topic }

  subscriptions = merge([
    for topic in var.entities.Topics : {
      for subscription in topic.Subscriptions : "${topic.Name}/${subscription.Name}" => merge(subscription, { topic = topic.Name })
    }
  ]...)

  rules = merge([
    for key, subscription in local.subscriptions : {
      for rule in subscription.Rules : "${key}/${rule.Name}" => merge(rule.Properties, { name = rule.Name, subscription = key })
    }
  ]...)
}
