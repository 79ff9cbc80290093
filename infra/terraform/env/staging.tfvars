# staging — sizes and addresses. Values marked "yours" are placeholders: put your own in before the first rollout.
environment     = "staging"
hosting         = "flex"
subscription_id = "00000000-0000-0000-0000-000000000002" # yours
suffix          = "a1b2"                                 # yours: makes global names unique
location        = "westeurope"
zones           = []
owner           = "shop-team"
cost_center     = "4711"

administrators = { # yours: an Entra group
  object_id = "00000000-0000-0000-0000-00000000000a"
  name      = "eshop-staging-administrators"
}

identity_provider = { # yours
  issuer            = "https://login.microsoftonline.com/00000000-0000-0000-0000-00000000000b/v2.0"
  openid_config_url = "https://login.microsoftonline.com/00000000-0000-0000-0000-00000000000b/v2.0/.well-known/openid-configuration"
  audience          = "00000000-0000-0000-0000-0000000000e2" # printed by infra/identity/register.sh
}

state_storage_account_id = "/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/rg-eshop-bootstrap-staging/providers/Microsoft.Storage/storageAccounts/steshopstga1b2state" # yours: output of bootstrap

pipeline = { # yours: outputs of bootstrap
  principal_id      = "00000000-0000-0000-0000-0000000000f2"
  next_principal_id = "00000000-0000-0000-0000-0000000000f3"
}

payment_url = "https://api.stripe.com"

storefront_url = "https://shop.staging.eshop.example"             # yours
seller         = "eShop Ltd|1 Main Street|London|VAT GB000000000" # yours

network = {
  address_space   = "10.20.0.0/16"
  operator_ranges = ["10.21.0.0/24"] # yours: the network of agents and administrators, peered with this one
  linked_network_ids = {
    operators = "/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/rg-operators-staging/providers/Microsoft.Network/virtualNetworks/vnet-operators-staging" # yours
  }
}

gateway = {
  hostname                 = "api.staging.eshop.example"                                                                                                                           # yours
  certificate_key_vault_id = "/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/rg-eshop-bootstrap-staging/providers/Microsoft.KeyVault/vaults/kv-eshop-stg-a1b2" # yours: output of bootstrap
  certificate_secret_id    = "https://kv-eshop-stg-a1b2.vault.azure.net/secrets/gateway"                                                                                           # yours
  waf_mode                 = "Prevention"
  allowed_origins          = ["https://shop.staging.eshop.example"] # yours
  capacity                 = { min = 1, max = 3 }
  api_management = {
    sku_name        = "Developer_1"
    publisher_name  = "eShop"
    publisher_email = "shop-team@eshop.example" # yours
  }
}

functions = {
  instance_memory_mb     = 2048
  maximum_instance_count = 20
}

kubernetes = {
  version        = "1.36"
  sku_tier       = "Standard"
  system_pool    = { vm_size = "Standard_D2ds_v5", min_count = 1, max_count = 2 }
  node_pools     = { apps = { vm_size = "Standard_D4ds_v5", min_count = 1, max_count = 4 } }
  ingress_domain = "apps.staging.eshop.example"
  git            = { url = "https://dev.azure.com/your-organisation/eshop/_git/eshop-on-azure-functions", path = "infra/gitops/clusters/staging" } # yours
}

registry = { sku = "Premium", untagged_retention_days = 14 }

postgres            = { sku_name = "GP_Standard_D2ds_v5", backup = { retention_days = 14 } }
sql                 = { sku_name = "GP_S_Gen5_2", serverless = { min_capacity = 0.5, auto_pause_minutes = 60 }, backup_days = 14 }
cosmos              = {}
redis               = { sku_name = "Balanced_B0", high_availability = false }
service_bus         = { sku = "Premium", capacity = 1 }
storage_replication = "LRS"

telemetry = { log_level = "info", traces_sampled = 1 }

monitoring = {
  retention_days = 30
  daily_quota_gb = 5
  alert_emails   = ["shop-team@eshop.example"] # yours
}
