/**
 * Sizes and versions that variables may choose. Azure's own lists are longer: this table is what has been thought about
 * and priced (docs/operations/terraform.md), and the place where a wrong spelling is found before Azure finds it.
 */
export const allowedValues: Record<string, Record<string, readonly (string | number | null)[]>> = {
  azurerm_api_management: { sku_name: ["Developer_1", "Premium_2", "Premium_3"] },
  azurerm_container_registry: { sku: ["Basic", "Premium"] },
  azurerm_cosmosdb_account: {
    "backup.tier": ["Continuous7Days", "Continuous30Days"],
  },
  azurerm_function_app_flex_consumption: {
    instance_memory_in_mb: [2048, 4096],
  },
  azurerm_kubernetes_cluster: {
    sku_tier: ["Free", "Standard"],
    "default_node_pool.vm_size": ["Standard_B2s_v2", "Standard_D2ds_v5", "Standard_D4ds_v5"],
  },
  azurerm_kubernetes_cluster_node_pool: {
    vm_size: ["Standard_B4s_v2", "Standard_D4ds_v5", "Standard_D8ds_v5"],
  },
  azurerm_managed_redis: { sku_name: ["Balanced_B0", "Balanced_B1", "Balanced_B3", "Balanced_B5"] },
  azurerm_mssql_database: { sku_name: ["GP_S_Gen5_1", "GP_S_Gen5_2", "GP_Gen5_2", "GP_Gen5_4"] },
  // The durations that Azure takes, as far as alerts use them: azurerm's page of the resource, 4.73.
  azurerm_monitor_scheduled_query_rules_alert_v2: {
    window_duration: ["PT5M", "PT10M", "PT15M", "PT30M", "PT6H", "P2D"],
    evaluation_frequency: ["PT5M", "PT10M", "PT15M", "PT1H"],
  },
  azurerm_postgresql_flexible_server: {
    version: ["16", "17"],
    sku_name: ["B_Standard_B1ms", "GP_Standard_D2ds_v5", "GP_Standard_D4ds_v5", "GP_Standard_D8ds_v5"],
  },
  azurerm_servicebus_namespace: { sku: ["Standard", "Premium"] },
  azurerm_storage_account: { account_replication_type: ["LRS", "ZRS", "GZRS"] },
}

/** Settings of an app that hold a secret unless they say otherwise: a Key Vault reference or a URL without a password. */
export const secretSettings = [
  "CATALOG_DB",
  "BASKET_DB",
  "ORDERING_DB",
  "REDIS_URL",
  "PAYMENT_API_KEY",
  "PAYMENT_WEBHOOK_SECRETS",
  "PERSONAL_DATA_KEYS",
  "GUEST_TOKEN_KEYS",
  "PRICE_PROOF_KEYS",
  "LOG_PSEUDONYM_KEY",
  "LOOKUP_KEYS",
  "WEBHOOK_KEYS",
  "SERVICE_CLIENT_SECRET",
  "OTEL_EXPORTER_OTLP_HEADERS",
]

export const requiredTags = ["application", "environment", "owner", "cost-center", "managed-by"]

/** Days that telemetry is kept. */
export const retentionDays: Record<string, number> = { dev: 7, staging: 30, prod: 90 }
