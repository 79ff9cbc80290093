# prod — sizes and addresses. Values marked "yours" are placeholders: put your own in before the first rollout.
environment     = "prod"
hosting         = "flex"
subscription_id = "00000000-0000-0000-0000-000000000003" # yours
suffix          = "a1b2"                                 # yours: makes global names unique
location        = "westeurope"
zones           = ["1", "2", "3"]
owner           = "shop-team"
cost_center     = "4711"

administrators = { # yours: an Entra group
  object_id = "00000000-0000-0000-0000-00000000000a"
  name      = "eshop-prod-administrators"
}

identity_provider = { # yours
  issuer            = "https://login.microsoftonline.com/00000000-0000-0000-0000-00000000000b/v2.0"
  openid_config_url = "https://login.microsoftonline.com/00000000-0000-0000-0000-00000000000b/v2.0/.well-known/openid-configuration"
  audience          = "00000000-0000-0000-0000-0000000000e3" # printed by infra/identity/register.sh
}

state_storage_account_id = "/subscriptions/00000000-0000-0000-0000-000000000003/resourceGroups/rg-eshop-bootstrap-prod/providers/Microsoft.Storage/storageAccounts/steshopprda1b2state" # yours: output of bootstrap

pipeline = { # yours: outputs of bootstrap
  principal_id = "00000000-0000-0000-0000-0000000000f3"
}

payment_url = "https://api.stripe.com"

storefront_url = "https://shop.eshop.example"                     # yours
seller         = "eShop Ltd|1 Main Street|London|VAT GB000000000" # yours

network = {
  address_space   = "10.30.0.0/16"
  operator_ranges = ["10.31.0.0/24"] # yours: the network of agents and administrators, peered with this one
  linked_network_ids = {
    operators = "/subscriptions/00000000-0000-0000-0000-000000000003/resourceGroups/rg-operators-prod/providers/Microsoft.Network/virtualNetworks/vnet-operators-prod" # yours
  }
}

gateway = {
  hostname                 = "api.eshop.example"                                                                                                                                # yours
  certificate_key_vault_id = "/subscriptions/00000000-0000-0000-0000-000000000003/resourceGroups/rg-eshop-bootstrap-prod/providers/Microsoft.KeyVault/vaults/kv-eshop-prd-a1b2" # yours: output of bootstrap
  certificate_secret_id    = "https://kv-eshop-prd-a1b2.vault.azure.net/secrets/gateway"                                                                                        # yours
  waf_mode                 = "Prevention"
  allowed_origins          = ["https://shop.eshop.example"] # yours
  capacity                 = { min = 2, max = 10 }
  api_management = {
    sku_name        = "Premium_2"
    zones           = ["1", "2"]
    publisher_name  = "eShop"
    publisher_email = "shop-team@eshop.example" # yours
  }
}

functions = {
  instance_memory_mb     = 2048
  maximum_instance_count = 100
  always_ready_http      = 2
}

kubernetes = {
  version        = "1.36"
  sku_tier       = "Standard"
  system_pool    = { vm_size = "Standard_D2ds_v5", min_count = 3, max_count = 6 }
  node_pools     = { apps = { vm_size = "Standard_D4ds_v5", min_count = 3, max_count = 12 } }
  ingress_domain = "apps.eshop.example"
  git            = { url = "https://dev.azure.com/your-organisation/eshop/_git/eshop-on-azure-functions", path = "infra/gitops/clusters/production" } # yours
}

registry = {
  sku                      = "Premium"
  georeplication_locations = ["northeurope"]
  untagged_retention_days  = 30
}

postgres = {
  sku_name          = "GP_Standard_D4ds_v5"
  storage_mb        = 131072
  high_availability = { zone = "1", standby_zone = "2" }
  backup            = { retention_days = 35, geo_redundant = true }
}

sql = {
  sku_name           = "GP_Gen5_2"
  zone_redundant     = true
  backup_days        = 35
  backup_redundancy  = "GeoZone"
  weekly_backup_kept = "P12W"
}

cosmos              = { autoscale_max_throughput = 4000, continuous_backup_tier = "Continuous30Days" }
redis               = { sku_name = "Balanced_B1", high_availability = true }
service_bus         = { sku = "Premium", capacity = 1 }
storage_replication = "ZRS"

telemetry = { log_level = "info", traces_sampled = 0.1 }

monitoring = {
  retention_days = 90
  alert_emails   = ["shop-team@eshop.example"] # yours
  on_call_emails = ["on-call@eshop.example"]   # yours
}
