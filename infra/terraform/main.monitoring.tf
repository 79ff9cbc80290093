module "monitoring" {
  source = "./modules/monitoring"

  name                = local.regional_name
  location            = var.location
  resource_group_name = azurerm_resource_group.this.name
  tags                = local.tags
  retention_days      = var.monitoring.retention_days
  daily_quota_gb      = var.monitoring.daily_quota_gb
  alert_emails        = var.monitoring.alert_emails
  on_call_emails      = var.monitoring.on_call_emails
  diagnostics         = local.diagnostics
  metric_alerts       = local.metric_alerts
  log_alerts          = local.log_alerts
  workbook            = file("${path.module}/../observability/azure-workbook.json")
}

locals {
  diagnostics = merge(
    { for app, vault in module.key_vault : "vault-${app}" => { resource_id = vault.id, category_group = "audit" } },
    { for app, function in module.function_app : "app-${app}" => { resource_id = function.id } },
    {
      postgres            = { resource_id = module.postgres.id }
      service-bus         = { resource_id = module.service_bus.id }
      application-gateway = { resource_id = module.gateway.application_gateway_id }
      api-management      = { resource_id = module.gateway.api_management_id }
    },
    local.sql_orders ? { cosmos = { resource_id = module.cosmos[0].id } } : {},
    { for database in local.sql_databases : "sql-${database}" => { resource_id = module.sql[0].database_ids[database] } },
    local.aks ? { aks = { resource_id = module.aks[0].id, category_group = "audit" }, registry = { resource_id = module.acr[0].id } } : {},
  )

  # Alerts are one table for Prometheus and Azure (tools/observability). On AKS Prometheus watches the apps; what Azure
  # alone counts is watched here in both forms.
  azure_alerts = jsondecode(file("${path.module}/../observability/azure-alerts.json"))

  # The resources of each scope of that table: none, where this form has none.
  alert_scopes = {
    application-gateway = { gateway = module.gateway.application_gateway_id }
    service-bus         = { namespace = module.service_bus.id }
    postgres            = { server = module.postgres.id }
    sql                 = { for database in local.sql_databases : database => module.sql[0].database_ids[database] }
    redis               = var.redis == null ? {} : { cache = module.redis[0].id }
    cosmos              = local.sql_orders ? { account = module.cosmos[0].id } : {}
  }

  metric_alerts = merge([
    for name, alert in local.azure_alerts.metric : {
      for resource, id in local.alert_scopes[alert.scope] :
      (alert.scope == "sql" ? "${name}-${resource}" : name) => merge(alert, { scope_id = id })
    } if local.flex || alert.on_aks
  ]...)

  log_alerts = { for name, alert in local.azure_alerts.log : name => alert if local.flex || alert.on_aks }
}
