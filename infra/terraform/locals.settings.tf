# Application settings per app. On Flex Consumption they are set by modules/function-app; on AKS they are the output
# `app_settings`, which goes into the chart's values.
locals {
  common_settings = {
    for app in local.apps : app => {
      ServiceBus__fullyQualifiedNamespace = module.service_bus.host
      IDENTITY_ISSUER                     = var.identity_provider.issuer
      IDENTITY_AUDIENCE                   = local.audience
      IDENTITY_CUSTOMER_CLAIM             = var.identity_provider.customer_claim
      IDENTITY_STAFF_ISSUER               = local.staff.issuer
      IDENTITY_STAFF_AUDIENCE             = local.staff.audience
      LOG_LEVEL                           = var.telemetry.log_level
      OTEL_RESOURCE_ATTRIBUTES            = "deployment.environment.name=${local.environment_name}"
      OTEL_TRACES_SAMPLER                 = "traceidratio"
      OTEL_TRACES_SAMPLER_ARG             = tostring(var.telemetry.traces_sampled)
    }
  }
  # The host picks the identity by these on Flex Consumption; on AKS the pod's service account says which.
  service_bus_identity = {
    for app in local.apps : app => local.flex ? {
      ServiceBus__credential = "managedidentity"
      ServiceBus__clientId   = module.identity.identities[app].client_id
    } : {}
  }

  postgres_urls = {
    for database in local.postgres_databases : database =>
    "postgresql://${module.identity.identities[database].name}@${module.postgres.host}:5432/${database}?sslmode=verify-full"
  }

  own_settings = {
    catalog = merge(
      var.credentials == "entra" ? { CATALOG_DB = local.postgres_urls["catalog"] } : {},
      var.credentials == "entra" && var.redis != null ? { REDIS_URL = module.redis[0].url } : {},
    )
    basket = merge(
      { CATALOG_URL = local.app_urls["catalog"], DISCOUNT_URL = local.app_urls["discount"] },
      var.credentials == "entra" ? { BASKET_DB = local.postgres_urls["basket"] } : {},
      var.credentials == "entra" && var.redis != null ? { REDIS_URL = module.redis[0].url } : {},
    )
    discount = merge(
      { DISCOUNT_TABLES__tableServiceUri = "https://${module.discount_storage.name}.table.core.windows.net/" },
      local.flex ? { DISCOUNT_TABLES__credential = "managedidentity", DISCOUNT_TABLES__clientId = module.identity.identities["discount"].client_id } : {},
      var.credentials == "entra" && var.redis != null ? { REDIS_URL = module.redis[0].url } : {},
    )
    ordering = merge(
      { BASKET_URL = local.app_urls["basket"], CATALOG_URL = local.app_urls["catalog"], DISCOUNT_URL = local.app_urls["discount"], PAYMENT_URL = var.payment_url, DIGESTS_URL = module.evidence_storage.container_urls["digests"] },
      # Where notices to customers lead to, and who sells, as invoices state it.
      { STOREFRONT_URL = var.storefront_url, SELLER = var.seller },
      # So long a cancellation is free: nothing is authorised before.
      { GRACE_PERIOD_SECONDS = "60" },
      local.sql_orders ? { ORDERING_DB = module.sql[0].urls["ordering"], ORDERING_VIEWS__accountEndpoint = module.cosmos[0].endpoint } : {},
      !local.sql_orders && var.credentials == "entra" ? { ORDERING_DB = local.postgres_urls["ordering"] } : {},
      # KEDA can scale orchestrations that live in SQL Server; those in Azure Storage it cannot.
      local.aks ? {
        SQLDB_Connection                                                                      = module.sql[0].connection_strings["durable"]
        AzureFunctionsJobHost__extensions__durableTask__storageProvider__type                 = "mssql"
        AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName = "SQLDB_Connection"
      } : {},
    )
  }

  secret_references = {
    for app, settings in local.secret_settings : app => {
      for setting in settings : setting =>
      "@Microsoft.KeyVault(SecretUri=${module.key_vault[app].uri}/secrets/${lower(replace(setting, "_", "-"))})"
    }
  }

  app_settings = {
    for app in local.apps : app => merge(
      local.common_settings[app],
      local.service_bus_identity[app],
      local.own_settings[app],
      local.flex ? local.secret_references[app] : {},
    )
  }
}
