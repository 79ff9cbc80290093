module "identity" {
  source = "./modules/identity"

  name                  = "id-${local.regional_name}"
  location              = var.location
  resource_group_name   = azurerm_resource_group.this.name
  tags                  = local.tags
  identities            = setunion(local.apps, local.platform)
  federated_credentials = local.federated_credentials
  role_assignments      = local.role_assignments
  cosmos_data           = local.cosmos_data
  redis_data            = local.redis_data
}

locals {
  # The controllers that log in to Azure: for secrets, and for git and charts.
  platform_accounts = ["external-secrets:external-secrets", "flux-system:source-controller"]

  # On AKS the pods' and KEDA's Kubernetes tokens are exchanged for the app's identity: no secret anywhere.
  federated_credentials = local.aks ? merge(
    { for app in local.apps : "${app}-pods" => {
      identity = app
      issuer   = module.aks[0].oidc_issuer_url
      subject  = "system:serviceaccount:${var.kubernetes.namespace}:${app}"
    } },
    { for app in toset(values(local.subscribers)) : "${app}-keda" => {
      identity = app
      issuer   = module.aks[0].oidc_issuer_url
      subject  = "system:serviceaccount:keda:keda-operator"
    } },
    { for account in local.platform_accounts : "platform-${split(":", account)[1]}" => {
      identity = "platform"
      issuer   = module.aks[0].oidc_issuer_url
      subject  = "system:serviceaccount:${account}"
    } },
  ) : {}

  role_assignments = merge(
    { for app in local.apps : "${app}-host-blob" => {
      principal = app
      role      = "Storage Blob Data Owner"
      scope_id  = module.host_storage[app].id
      scope     = "storage account of ${app}'s host"
      reason    = "Leases of timers, host keys and the deployment package."
    } },
    local.flex ? { for kind in ["Queue", "Table"] : "ordering-host-${lower(kind)}" => {
      principal = "ordering"
      role      = "Storage ${kind} Data Contributor"
      scope_id  = module.host_storage["ordering"].id
      scope     = "storage account of ordering's host"
      reason    = "Durable orchestrations: ${kind == "Queue" ? "work items and control messages" : "history and instances"}."
    } } : {},
    { "ordering-digests" = {
      principal = "ordering"
      role      = "Storage Blob Data Contributor"
      scope_id  = module.evidence_storage.id
      scope     = "storage account of the evidence"
      reason    = "Daily digests of the orders' streams; its policy lets nobody change one."
    } },
    { "discount-tables" = {
      principal = "discount"
      role      = "Storage Table Data Contributor"
      scope_id  = module.discount_storage.id
      scope     = "storage account of the coupons"
      reason    = "Coupons, promotions and redemptions."
    } },
    { "pipeline-pages" = {
      principal    = "pipeline"
      principal_id = var.pipeline.principal_id
      role         = "Storage Blob Data Contributor"
      scope_id     = module.storefront_storage.id
      scope        = "storage account of the pages"
      reason       = "Upload the storefront and its prerendered pages."
    } },
    { for topic, app in local.publishers : "${app}-sends-${topic}" => {
      principal = app
      role      = "Azure Service Bus Data Sender"
      scope_id  = module.service_bus.topic_ids[topic]
      scope     = "topic ${topic}"
      reason    = "Publish the context's own events."
    } },
    { for key, app in local.subscribers : "${app}-receives-${split("/", key)[0]}" => {
      principal = app
      # KEDA asks the management endpoint for a subscription's counters, and that demands the right to manage it
      # (kedacore/keda #806, #7822). Flex Consumption's scale controller does without.
      role     = "Azure Service Bus Data ${local.aks ? "Owner" : "Receiver"}"
      scope_id = module.service_bus.subscription_ids[key]
      scope    = "subscription ${key}"
      reason   = "Receive and settle events${local.aks ? ", and let KEDA read the backlog to scale by" : ""}."
    } },
    # A message goes back to a subscription only by way of its topic.
    { for key, app in local.subscribers : "${app}-redrives-${split("/", key)[0]}" => {
      principal = app
      role      = "Azure Service Bus Data Sender"
      scope_id  = module.service_bus.topic_ids[split("/", key)[0]]
      scope     = "topic ${split("/", key)[0]}"
      reason    = "Send dead letters again, to the app itself."
    } if local.publishers[split("/", key)[0]] != app },
    local.flex ? { for app in local.apps : "${app}-secrets" => {
      principal    = "${app} (system-assigned)"
      principal_id = module.function_app[app].key_vault_principal_id
      role         = "Key Vault Secrets User"
      scope_id     = module.key_vault[app].id
      scope        = "key vault of ${app}"
      reason       = "Resolve the app's Key Vault references."
      } } : { for app in local.apps : "${app}-secrets" => {
      principal    = app
      principal_id = null
      role         = "Key Vault Secrets User"
      scope_id     = module.key_vault[app].id
      scope        = "key vault of ${app}"
      reason       = "Mount the app's secrets into its pods."
    } },
    { for app in local.apps : "${app}-telemetry" => {
      principal = app
      role      = "Monitoring Metrics Publisher"
      scope_id  = module.monitoring.application_insights_id
      scope     = "Application Insights"
      reason    = "Send telemetry; keys are switched off."
    } },
    { for app in setunion(local.apps, local.platform) : "administrators-write-secrets-${app}" => {
      principal      = "administrators (group)"
      principal_id   = var.administrators.object_id
      principal_type = "Group"
      role           = "Key Vault Secrets Officer"
      scope_id       = module.key_vault[app].id
      scope          = "key vault of ${app}"
      reason         = "Set and rotate the secrets in it."
    } },
    local.aks ? {
      "platform-secrets" = {
        principal    = "platform"
        principal_id = null
        role         = "Key Vault Secrets User"
        scope_id     = module.key_vault["platform"].id
        scope        = "key vault of platform"
        reason       = "Read the addresses that Flux and Flagger send alerts to."
      }
      "pipeline-images" = {
        principal    = "pipeline"
        principal_id = var.pipeline.principal_id
        role         = var.environment == "dev" ? "AcrPush" : "Container Registry Data Importer and Data Reader"
        scope_id     = module.acr[0].id
        scope        = "container registry"
        reason       = var.environment == "dev" ? "Push what it builds." : "Copy what is promoted from the registry of the environment before it."
      }
      "pipeline-deployments" = {
        principal    = "pipeline"
        principal_id = var.pipeline.principal_id
        role         = "Azure Kubernetes Service RBAC Reader"
        scope_id     = "${module.aks[0].id}/namespaces/${var.kubernetes.namespace}"
        scope        = "namespace ${var.kubernetes.namespace} of the AKS cluster"
        reason       = "See whether a release is healthy before it is promoted."
      }
      "platform-pulls" = {
        principal    = "platform"
        principal_id = null
        role         = "AcrPull"
        scope_id     = module.acr[0].id
        scope        = "container registry"
        reason       = "Let Flux read the charts."
      }
      "kubelet-pulls" = {
        principal    = "aks-kubelet"
        principal_id = module.aks[0].kubelet_principal_id
        role         = "AcrPull"
        scope_id     = module.acr[0].id
        scope        = "container registry"
        reason       = "Pull images onto the nodes."
      }
      "administrators-kubernetes" = {
        principal      = "administrators (group)"
        principal_id   = var.administrators.object_id
        principal_type = "Group"
        role           = "Azure Kubernetes Service RBAC Cluster Admin"
        scope_id       = module.aks[0].id
        scope          = "AKS cluster"
        reason         = "Administer the cluster; there are no local accounts."
      }
    } : {},
    local.aks && var.pipeline.next_principal_id != null ? { "next-pipeline-images" = {
      principal    = "pipeline of the next environment"
      principal_id = var.pipeline.next_principal_id
      role         = "Container Registry Data Importer and Data Reader"
      scope_id     = module.acr[0].id
      scope        = "container registry"
      reason       = "Copy what is promoted."
    } } : {},
  )

  cosmos_data = local.sql_orders ? {
    "ordering-views" = {
      principal           = "ordering"
      account_name        = "cosmos-${local.global_name}"
      resource_group_name = azurerm_resource_group.this.name
      account_id          = module.cosmos[0].id
      scope_id            = module.cosmos[0].database_scope
      scope               = "Cosmos DB database ordering"
      reason              = "Write and read the customers' view of their orders."
    }
  } : {}

  redis_data = var.credentials == "entra" && var.redis != null ? {
    "basket" = {
      principal = "basket"
      redis_id  = module.redis[0].id
      scope     = "Managed Redis"
      reason    = "Keep active carts."
    }
    "catalog" = {
      principal = "catalog"
      redis_id  = module.redis[0].id
      scope     = "Managed Redis"
      reason    = "Keep copies of products."
    }
    "discount" = {
      principal = "discount"
      redis_id  = module.redis[0].id
      scope     = "Managed Redis"
      reason    = "Tell the other instances that a rule has changed."
    }
  } : {}
}
