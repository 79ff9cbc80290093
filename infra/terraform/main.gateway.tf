module "gateway" {
  source = "./modules/gateway"

  name                = local.global_name
  location            = var.location
  resource_group_name = azurerm_resource_group.this.name
  tags                = local.tags
  zones               = var.zones
  virtual_network_id  = module.network.id
  subnet_ids = {
    gateway = module.network.subnet_ids["gateway"]
    apim    = module.network.subnet_ids["apim"]
  }
  listener = {
    hostname              = var.gateway.hostname
    key_vault_id          = var.gateway.certificate_key_vault_id
    certificate_secret_id = var.gateway.certificate_secret_id
  }
  capacity        = var.gateway.capacity
  waf_mode        = var.gateway.waf_mode
  api_management  = var.gateway.api_management
  gateway         = local.gateway
  operations      = local.operations.operations
  problems        = local.operations.problems
  firewall        = jsondecode(file("${path.module}/../gateway/application-gateway.json"))
  allowed_origins = var.gateway.allowed_origins
  storefront = {
    hostname         = trimprefix(var.storefront_url, "https://")
    web_host         = module.storefront_storage.web_host
    identity_origins = local.identity_origins
    payments_origin  = regex("^https://[^/]+", local.storefront.payments.script)
    table            = jsondecode(file("${path.module}/../gateway/storefront.json"))
  }
  identity_provider = {
    issuer            = var.identity_provider.issuer
    openid_config_url = var.identity_provider.openid_config_url
    audience          = local.audience
    # A workforce tenant of its own, or the issuer where that is one; an External ID tenant's issuer is below ciamlogin.com.
    staff = try(
      { tenant_id = var.identity_provider.staff.tenant_id, audience = local.staff.audience },
      { tenant_id = regex("^https://login\\.microsoftonline\\.com/([0-9a-f-]{36})/v2\\.0$", var.identity_provider.issuer)[0], audience = local.audience },
      null,
    )
  }
  backends = local.app_urls
}

locals {
  # What the pages are told when they begin, which the pipeline deploys with them.
  storefront = jsondecode(file("${path.module}/../storefront/${var.environment}.json"))
  identity_origins = {
    for whose, issuers in {
      shop  = [local.storefront.issuer, var.identity_provider.openid_config_url]
      staff = [local.storefront.staff.issuer]
    } : whose => distinct([for issuer in issuers : regex("^https://[^/]+", issuer)])
  }
}
