mock_provider "azurerm" {
  mock_data "azurerm_client_config" {
    defaults = {
      tenant_id = "00000000-0000-0000-0000-00000000000b"
    }
  }
}

variables {
  environment       = "staging"
  hosting           = "flex"
  subscription_id   = "00000000-0000-0000-0000-000000000001"
  suffix            = "a1b2"
  location          = "westeurope"
  owner             = "team"
  cost_center       = "1"
  administrators    = { object_id = "00000000-0000-0000-0000-00000000000a", name = "admins" }
  identity_provider = { issuer = "https://issuer.example/", openid_config_url = "https://issuer.example/.well-known/openid-configuration" }
  payment_url       = "https://payments.example"
  storefront_url    = "https://shop.example"
  seller            = "eShop Ltd|1 Main Street"
  telemetry         = { log_level = "info", traces_sampled = 0.25 }

  state_storage_account_id = "/subscriptions/x/state"

  pipeline = { principal_id = "00000000-0000-0000-0000-0000000000f2", next_principal_id = "00000000-0000-0000-0000-0000000000f3" }
  network  = { address_space = "10.10.0.0/16", operator_ranges = ["10.11.0.0/24"], linked_network_ids = { operators = "/subscriptions/x/vnet" } }
  gateway = {
    hostname                 = "api.eshop.example"
    certificate_key_vault_id = "/subscriptions/x/kv"
    certificate_secret_id    = "https://kv-eshop.vault.azure.net/secrets/gateway"
    waf_mode                 = "Detection"
    allowed_origins          = ["https://shop.eshop.example"]
    capacity                 = { min = 0, max = 2 }
    api_management           = { sku_name = "Developer_1", publisher_name = "eShop", publisher_email = "team@eshop.example" }
  }
  kubernetes          = { git = { url = "https://dev.azure.com/your-organisation/eshop/_git/eshop", path = "infra/gitops/clusters/staging" } }
  postgres            = { sku_name = "GP_Standard_D2ds_v5" }
  sql                 = { sku_name = "GP_Gen5_2" }
  service_bus         = { sku = "Premium" }
  storage_replication = "LRS"
  monitoring          = { retention_days = 30, alert_emails = ["team@eshop.example"] }
}

run "keeps_secrets_in_the_vault_of_the_app_that_needs_them" {
  command = plan

  assert {
    condition = { for app, needed in output.required_secrets : app => needed.secrets if length(needed.secrets) > 0 } == {
      basket   = { BASKET_DB = "basket-db", PERSONAL_DATA_KEYS = "personal-data-keys", GUEST_TOKEN_KEYS = "guest-token-keys", LOG_PSEUDONYM_KEY = "log-pseudonym-key", PRICE_PROOF_KEYS = "price-proof-keys" }
      catalog  = { CATALOG_DB = "catalog-db", LOG_PSEUDONYM_KEY = "log-pseudonym-key" }
      discount = { LOG_PSEUDONYM_KEY = "log-pseudonym-key" }
      ordering = { ORDERING_DB = "ordering-db", PAYMENT_API_KEY = "payment-api-key", PAYMENT_WEBHOOK_SECRETS = "payment-webhook-secrets", PERSONAL_DATA_KEYS = "personal-data-keys", GUEST_TOKEN_KEYS = "guest-token-keys", LOG_PSEUDONYM_KEY = "log-pseudonym-key", LOOKUP_KEYS = "lookup-keys", WEBHOOK_KEYS = "webhook-keys" }
    }
    error_message = "Exactly these secrets exist."
  }
}

run "needs_fewer_secrets_with_entra" {
  command = plan

  variables {
    credentials = "entra"
  }

  assert {
    condition = { for app, needed in output.required_secrets : app => needed.secrets if length(needed.secrets) > 0 } == {
      basket   = { PERSONAL_DATA_KEYS = "personal-data-keys", GUEST_TOKEN_KEYS = "guest-token-keys", LOG_PSEUDONYM_KEY = "log-pseudonym-key", PRICE_PROOF_KEYS = "price-proof-keys" }
      catalog  = { LOG_PSEUDONYM_KEY = "log-pseudonym-key" }
      discount = { LOG_PSEUDONYM_KEY = "log-pseudonym-key" }
      ordering = { PAYMENT_API_KEY = "payment-api-key", PAYMENT_WEBHOOK_SECRETS = "payment-webhook-secrets", PERSONAL_DATA_KEYS = "personal-data-keys", GUEST_TOKEN_KEYS = "guest-token-keys", LOG_PSEUDONYM_KEY = "log-pseudonym-key", LOOKUP_KEYS = "lookup-keys", WEBHOOK_KEYS = "webhook-keys" }
    }
    error_message = "With tokens only the keys of personal data, of guests' tokens, of the log's pseudonyms, of look-ups, of webhooks, of price proofs and the payment provider's are left."
  }
}

run "tells_the_apps_how_much_to_tell" {
  command = plan

  assert {
    condition     = alltrue([for settings in values(output.app_settings) : settings.LOG_LEVEL == "info" && settings.OTEL_RESOURCE_ATTRIBUTES == "deployment.environment.name=staging" && settings.OTEL_TRACES_SAMPLER == "traceidratio" && settings.OTEL_TRACES_SAMPLER_ARG == "0.25"])
    error_message = "Every app is told level, origin and share of the traces."
  }
}

run "refuses_a_level_and_a_share_that_are_none" {
  command = plan

  variables {
    telemetry = { log_level = "trace", traces_sampled = 10 }
  }

  expect_failures = [var.telemetry]
}

run "makes_no_cluster_for_flex" {
  command = plan

  assert {
    condition     = length(module.aks) == 0 && length(module.acr) == 0 && length(module.function_app) == 4 && output.cluster == null
    error_message = "Flex Consumption needs neither cluster nor registry."
  }
}

run "makes_no_function_app_for_aks" {
  command = plan

  variables {
    hosting = "aks"
  }

  # A mocked provider does not fill in the blocks that Azure does, here the kubelet's identity.
  override_module {
    target = module.aks
    outputs = {
      id                   = "/subscriptions/x/aks"
      oidc_issuer_url      = "https://issuer.example/"
      kubelet_principal_id = "00000000-0000-0000-0000-00000000000c"
      access               = []
    }
  }

  assert {
    condition     = length(module.aks) == 1 && length(module.acr) == 1 && length(module.function_app) == 0
    error_message = "On AKS the apps are containers."
  }
}

run "refuses_an_environment_that_images_do_not_leave" {
  command = plan

  variables {
    pipeline = { principal_id = "00000000-0000-0000-0000-0000000000f2" }
  }

  expect_failures = [var.pipeline]
}

run "refuses_public_stores_outside_dev" {
  command = plan

  variables {
    network = { address_space = "10.10.0.0/16", public_access = { enabled = true, allowed_ip_ranges = ["198.51.100.0/24"] } }
  }

  expect_failures = [var.network]
}

run "refuses_closed_stores_that_nobody_can_operate" {
  command = plan

  variables {
    network = { address_space = "10.10.0.0/16" }
  }

  expect_failures = [var.network]
}

run "refuses_an_audience_that_no_token_of_entra_carries" {
  command = plan

  variables {
    identity_provider = {
      issuer            = "https://login.microsoftonline.com/00000000-0000-0000-0000-00000000000b/v2.0"
      openid_config_url = "https://login.microsoftonline.com/00000000-0000-0000-0000-00000000000b/v2.0/.well-known/openid-configuration"
      audience          = "api://eshop-dev"
    }
  }

  expect_failures = [var.identity_provider]
}

run "takes_staffs_tokens_from_their_own_tenant" {
  command = plan

  variables {
    identity_provider = {
      issuer            = "https://00000000-0000-0000-0000-00000000000c.ciamlogin.com/00000000-0000-0000-0000-00000000000c/v2.0"
      openid_config_url = "https://shop.ciamlogin.com/00000000-0000-0000-0000-00000000000c/v2.0/.well-known/openid-configuration"
      audience          = "00000000-0000-0000-0000-0000000000e1"
      staff             = { tenant_id = "00000000-0000-0000-0000-00000000000b", audience = "00000000-0000-0000-0000-0000000000e2" }
    }
  }

  assert {
    condition = alltrue([for settings in values(local.app_settings) :
      settings.IDENTITY_STAFF_ISSUER == "https://login.microsoftonline.com/00000000-0000-0000-0000-00000000000b/v2.0"
      && settings.IDENTITY_STAFF_AUDIENCE == "00000000-0000-0000-0000-0000000000e2"
      && settings.IDENTITY_AUDIENCE == "00000000-0000-0000-0000-0000000000e1"
    ])
    error_message = "Roles come from the tenant of staff, for the application that is registered there."
  }
}

run "takes_everybodys_tokens_from_one_issuer_unless_told_otherwise" {
  command = plan

  assert {
    condition = alltrue([for settings in values(local.app_settings) :
      settings.IDENTITY_STAFF_ISSUER == settings.IDENTITY_ISSUER && settings.IDENTITY_STAFF_AUDIENCE == settings.IDENTITY_AUDIENCE
    ])
    error_message = "Where staff have no directory of their own, the customers' issuer says roles."
  }
}

run "refuses_customers_without_a_tenant_for_the_apps" {
  command = plan

  variables {
    identity_provider = {
      issuer            = "https://00000000-0000-0000-0000-00000000000c.ciamlogin.com/00000000-0000-0000-0000-00000000000c/v2.0"
      openid_config_url = "https://shop.ciamlogin.com/00000000-0000-0000-0000-00000000000c/v2.0/.well-known/openid-configuration"
      audience          = "00000000-0000-0000-0000-0000000000e1"
    }
  }

  expect_failures = [var.identity_provider]
}

run "refuses_staff_that_are_no_tenant_and_application" {
  command = plan

  variables {
    identity_provider = {
      issuer            = "https://issuer.example/"
      openid_config_url = "https://issuer.example/.well-known/openid-configuration"
      staff             = { tenant_id = "eshop.onmicrosoft.com", audience = "api://eshop" }
    }
  }

  expect_failures = [var.identity_provider]
}

run "refuses_prod_in_one_zone_or_with_a_watching_firewall" {
  command = plan

  variables {
    environment = "prod"
    pipeline    = { principal_id = "00000000-0000-0000-0000-0000000000f3" }
  }

  expect_failures = [var.zones, var.gateway]
}
