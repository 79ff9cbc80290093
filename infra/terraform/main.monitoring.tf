module "monitoring" {
  source = "./modules/monitoring"

  name                = local.regional_name
  location            = var.location
  resource_group_name = azurerm_resource_group.this.name
  tags                = local.tags
  retention_days      = var.monitoring.retention_days
  daily_quota_gb      = var.monitoring.daily_quota_gb
  alert_emails        = var.monitoring.alert_emails
  diagnostics         = local.diagnostics
  metric_alerts       = local.metric_alerts
  log_alerts          = local.log_alerts
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

  metric_alerts = merge(
    {
      dead-letters = {
        scope_id    = module.service_bus.id
        namespace   = "Microsoft.ServiceBus/namespaces"
        metric      = "DeadletteredMessages"
        aggregation = "Maximum"
        threshold   = 0
        severity    = 1
        dimensions  = { EntityName = [for topic in local.entities.Topics : topic.Name] }
        description = "An event could not be handled and waits in a dead-letter queue to be looked at and re-driven."
      }
      backlog = {
        scope_id    = module.service_bus.id
        namespace   = "Microsoft.ServiceBus/namespaces"
        metric      = "ActiveMessages"
        aggregation = "Average"
        threshold   = 5000
        dimensions  = { EntityName = [for topic in local.entities.Topics : topic.Name] }
        description = "Consumers have fallen behind the publishers for a quarter of an hour."
      }
      postgres-storage = {
        scope_id    = module.postgres.id
        namespace   = "Microsoft.DBforPostgreSQL/flexibleServers"
        metric      = "storage_percent"
        aggregation = "Maximum"
        threshold   = 85
        severity    = 1
        description = "PostgreSQL's disk is nearly full; a full disk stops writing."
      }
      postgres-cpu = {
        scope_id    = module.postgres.id
        namespace   = "Microsoft.DBforPostgreSQL/flexibleServers"
        metric      = "cpu_percent"
        aggregation = "Average"
        threshold   = 80
        description = "PostgreSQL has been busy for a quarter of an hour."
      }
      gateway-unhealthy = {
        scope_id    = module.gateway.application_gateway_id
        namespace   = "Microsoft.Network/applicationGateways"
        metric      = "UnhealthyHostCount"
        aggregation = "Average"
        threshold   = 0
        severity    = 0
        window      = "PT5M"
        frequency   = "PT1M"
        description = "The Application Gateway cannot reach API Management: the shop is down."
      }
    },
    { for database in local.sql_databases : "sql-${database}-storage" => {
      scope_id    = module.sql[0].database_ids[database]
      namespace   = "Microsoft.Sql/servers/databases"
      metric      = "storage_percent"
      aggregation = "Maximum"
      threshold   = 85
      severity    = 1
      description = "The SQL database is nearly full."
    } },
    local.sql_orders ? {
      cosmos-throttled = {
        scope_id    = module.cosmos[0].id
        namespace   = "Microsoft.DocumentDB/databaseAccounts"
        metric      = "TotalRequests"
        aggregation = "Count"
        threshold   = 100
        dimensions  = { StatusCode = ["429"] }
        description = "Cosmos DB refuses requests for want of throughput: the read model falls behind."
      }
    } : {},
  )

  log_alerts = {
    server-errors = {
      severity    = 1
      description = "More than 2 % of an app's requests of a quarter of an hour ended with a server error."
      query       = "AppRequests | summarize failed = countif(toint(ResultCode) >= 500), total = count() by AppRoleName | where total >= 20 and failed > total * 0.02"
    }
    needs-attention = {
      severity    = 1
      description = "A saga's compensation keeps failing: somebody has to look at the order."
      query       = "AppTraces | where Message has \"needs attention\""
    }
    outbox-waits = {
      description = "The outbox could not hand events to Service Bus in three of its runs."
      query       = "AppTraces | where Message startswith \"outbox:\" | summarize failures = count() by AppRoleName | where failures >= 3"
    }
  }
}
