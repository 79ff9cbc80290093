locals {
  short_environment = { dev = "dev", staging = "stg", prod = "prd" }[var.environment]
  # As the clusters' settings and what telemetry says of its origin call it.
  environment_name = { dev = "dev", staging = "staging", prod = "production" }[var.environment]
  regional_name    = "${var.name}-${var.environment}"
  global_name      = "${var.name}-${local.short_environment}-${var.suffix}"
  flex             = var.hosting == "flex"
  aks              = var.hosting == "aks"

  tags = {
    application  = var.name
    environment  = var.environment
    owner        = var.owner
    cost-center  = var.cost_center
    managed-by   = "terraform"
    hosting      = var.hosting
    data-privacy = "personal-data"
  }

  # The files that describe the system to the local stand-ins as well: nothing is written down twice.
  gateway    = jsondecode(file("${path.module}/../gateway/gateway.json"))
  operations = jsondecode(file("${path.module}/../gateway/api-management.json"))
  entities   = jsondecode(file("${path.module}/../service-bus/entities.json")).UserConfig.Namespaces[0]

  apps = toset([for service in local.gateway.services : service.name])

  # Locally the audience is a plain name; Entra's version 2 tokens carry the application's client id.
  audience = coalesce(var.identity_provider.audience, local.gateway.issuer.audience)
  # Whose tokens bring roles: the customers' issuer itself where staff have no other.
  staff = {
    issuer   = try("https://login.microsoftonline.com/${var.identity_provider.staff.tenant_id}/v2.0", var.identity_provider.issuer)
    audience = try(var.identity_provider.staff.audience, local.audience)
  }

  # A topic `<app>-events` is published by that app; a subscription carries the name of the app that reads it.
  publishers  = { for topic in local.entities.Topics : topic.Name => trimsuffix(topic.Name, "-events") }
  subscribers = merge([for topic in local.entities.Topics : { for subscription in topic.Subscriptions : "${topic.Name}/${subscription.Name}" => subscription.Name }]...)

  sql_orders    = var.ordering_stores == "sql-and-cosmos"
  sql_databases = toset(concat(local.sql_orders ? ["ordering"] : [], local.aks ? ["durable"] : []))
  sql           = length(local.sql_databases) > 0
  premium_bus   = var.service_bus.sku == "Premium"

  # Settings whose value Key Vault keeps, by app.
  secret_settings = {
    catalog  = concat(["LOG_PSEUDONYM_KEY"], var.credentials == "key-vault" ? concat(["CATALOG_DB"], var.redis == null ? [] : ["REDIS_URL"]) : [])
    basket   = concat(["GUEST_TOKEN_KEYS", "LOG_PSEUDONYM_KEY", "PERSONAL_DATA_KEYS", "PRICE_PROOF_KEYS"], var.credentials == "key-vault" ? concat(["BASKET_DB"], var.redis == null ? [] : ["REDIS_URL"]) : [])
    discount = concat(["LOG_PSEUDONYM_KEY"], var.credentials == "key-vault" && var.redis != null ? ["REDIS_URL"] : [])
    ordering = concat(["GUEST_TOKEN_KEYS", "LOG_PSEUDONYM_KEY", "LOOKUP_KEYS", "PAYMENT_API_KEY", "PAYMENT_WEBHOOK_SECRETS", "PERSONAL_DATA_KEYS", "WEBHOOK_KEYS"], var.credentials == "key-vault" && !local.sql_orders ? ["ORDERING_DB"] : [])
  }

  # On AKS the controllers have an identity and a vault of their own, for what belongs to no app.
  platform = toset(local.aks ? ["platform"] : [])

  postgres_databases = toset(concat(["catalog", "basket"], local.sql_orders ? [] : ["ordering"]))

  app_names = { for app in local.apps : app => "func-${local.global_name}-${app}" }
  # Where API Management and the other apps find an app.
  app_urls = {
    for app in local.apps : app =>
    local.flex ? "https://${local.app_names[app]}.azurewebsites.net" : "https://${app}.${var.kubernetes.ingress_domain}"
  }
}
