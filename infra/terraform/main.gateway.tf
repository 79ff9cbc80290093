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
  capacity          = var.gateway.capacity
  waf               = { mode = var.gateway.waf_mode }
  api_management    = var.gateway.api_management
  routes            = merge(local.routes, { issuer = { audience = local.audience } })
  allowed_origins   = var.gateway.allowed_origins
  identity_provider = var.identity_provider
  backends          = local.app_urls
}
