# dev — sizes and addresses. Values marked "yours" are placeholders: put your own in before the first rollout.
environment     = "dev"
hosting         = "flex"
subscription_id = "00000000-0000-0000-0000-000000000001" # yours
suffix          = "a1b2"                                 # yours: makes global names unique
location        = "westeurope"
zones           = []
owner           = "shop-team"
cost_center     = "4711"

administrators = { # yours: an Entra group
  object_id = "00000000-0000-0000-0000-00000000000a"
  name      = "eshop-dev-administrators"
}

identity_provider = { # yours
  issuer            = "https://login.microsoftonline.com/00000000-0000-0000-0000-00000000000b/v2.0"
  openid_config_url = "https://login.microsoftonline.com/00000000-0000-0000-0000-00000000000b/v2.0/.well-known/openid-configuration"
  audience          = "00000000-0000-0000-0000-0000000000e1" # printed by infra/identity/register.sh
}

state_storage_account_id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-eshop-bootstrap-dev/providers/Microsoft.Storage/storageAccounts/steshopdeva1b2state" # yours: output of bootstrap

pipeline = { # yours: outputs of bootstrap
  principal_id      = "00000000-0000-0000-0000-0000000000f1"
  next_principal_id = "00000000-0000-0000-0000-0000000000f2"
}

payment_url = "https://api.stripe.com"

storefront_url = "https://shop.dev.eshop.example"                 # yours
seller         = "eShop Ltd|1 Main Street|London|VAT GB000000000" # yours

network = {
  address_space = "10.10.0.0/16"
  # Developers' own addresses may be let in here; everything logs in with Entra all the same.
  public_access = {
    enabled           = true
    allowed_ip_ranges = ["198.51.100.0/24"] # yours
  }
}

gateway = {
  hostname                 = "api.dev.eshop.example"                                                                                                                           # yours
  certificate_key_vault_id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-eshop-bootstrap-dev/providers/Microsoft.KeyVault/vaults/kv-eshop-dev-a1b2" # yours: output of bootstrap
  certificate_secret_id    = "https://kv-eshop-dev-a1b2.vault.azure.net/secrets/gateway"                                                                                       # yours
  waf_mode                 = "Detection"
  allowed_origins          = ["https://shop.dev.eshop.example"] # yours
  capacity                 = { min = 0, max = 2 }
  api_management = {
    sku_name        = "Developer_1"
    publisher_name  = "eShop"
    publisher_email = "shop-team@eshop.example" # yours
  }
}

functions = {
  instance_memory_mb     = 2048
  maximum_instance_count = 5
}

kubernetes = {
  version           = "1.36"
  sku_tier          = "Free"
  system_pool       = { vm_size = "Standard_B2s_v2", min_count = 1, max_count = 2 }
  node_pools        = { apps = { vm_size = "Standard_B4s_v2", min_count = 1, max_count = 3 } }
  api_server_ranges = ["198.51.100.0/24"] # yours
  ingress_domain    = "apps.dev.eshop.example"
  git               = { url = "https://dev.azure.com/your-organisation/eshop/_git/eshop-on-azure-functions", path = "infra/gitops/clusters/dev" } # yours
}

registry = { sku = "Basic" }

postgres            = { sku_name = "B_Standard_B1ms" }
sql                 = { sku_name = "GP_S_Gen5_1", serverless = { min_capacity = 0.5, auto_pause_minutes = 60 } }
cosmos              = {}
redis               = null
service_bus         = { sku = "Standard" }
storage_replication = "LRS"

telemetry = { log_level = "debug", traces_sampled = 1 }

monitoring = {
  retention_days = 7
  daily_quota_gb = 1
  alert_emails   = ["shop-team@eshop.example"] # yours
}
