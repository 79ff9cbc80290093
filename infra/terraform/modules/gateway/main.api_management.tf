# The management address that API Management needs beside its private one; no API answers there.
resource "azurerm_public_ip" "api_management" {
  name                = "pip-${local.apim_name}"
  location            = var.location
  resource_group_name = var.resource_group_name
  allocation_method   = "Static"
  sku                 = "Standard"
  zones               = var.zones
  domain_name_label   = local.apim_name
  tags                = var.tags
}

resource "azurerm_api_management" "this" {
  name                 = local.apim_name
  location             = var.location
  resource_group_name  = var.resource_group_name
  sku_name             = var.api_management.sku_name
  zones                = var.api_management.zones
  publisher_name       = var.api_management.publisher_name
  publisher_email      = var.api_management.publisher_email
  min_api_version      = "2021-08-01"
  virtual_network_type = "Internal"
  public_ip_address_id = azurerm_public_ip.api_management.id
  tags                 = var.tags

  virtual_network_configuration {
    subnet_id = var.subnet_ids.apim
  }

  identity {
    type = "SystemAssigned"
  }

  dynamic "certificate" {
    for_each = var.api_management.trusted_roots

    content {
      encoded_certificate = certificate.value
      store_name          = "Root"
    }
  }

  protocols {
    http2_enabled = true
  }

  security {
    backend_ssl30_enabled      = false
    backend_tls10_enabled      = false
    backend_tls11_enabled      = false
    frontend_ssl30_enabled     = false
    frontend_tls10_enabled     = false
    frontend_tls11_enabled     = false
    triple_des_ciphers_enabled = false
  }
}

# A zone for this one host: a zone for azure-api.net would hide every other API Management from the network.
resource "azurerm_private_dns_zone" "api_management" {
  name                = local.apim_host
  resource_group_name = var.resource_group_name
  tags                = var.tags
}

resource "azurerm_private_dns_zone_virtual_network_link" "api_management" {
  name                  = "apim"
  resource_group_name   = var.resource_group_name
  private_dns_zone_name = azurerm_private_dns_zone.api_management.name
  virtual_network_id    = var.virtual_network_id
  registration_enabled  = false
  tags                  = var.tags
}

resource "azurerm_private_dns_a_record" "api_management" {
  name                = "@"
  zone_name           = azurerm_private_dns_zone.api_management.name
  resource_group_name = var.resource_group_name
  ttl                 = 300
  records             = azurerm_api_management.this.private_ip_addresses
  tags                = var.tags
}

resource "azurerm_api_management_backend" "this" {
  for_each = local.services

  name                = each.key
  resource_group_name = var.resource_group_name
  api_management_name = azurerm_api_management.this.name
  protocol            = "http"
  url                 = var.backends[each.key]

  tls {
    validate_certificate_chain = true
    validate_certificate_name  = true
  }

  # While an app is down, callers get 503 at once instead of queueing for it.
  circuit_breaker_rule {
    name                       = "server-errors"
    trip_duration              = "PT30S"
    accept_retry_after_enabled = true

    failure_condition {
      count             = 10
      interval_duration = "PT30S"

      status_code_range {
        min = 502
        max = 504
      }
    }
  }
}

# The path is the prefix: API Management strips it before it calls the backend, as the local gateway does.
resource "azurerm_api_management_api" "this" {
  for_each = local.services

  name                  = each.key
  resource_group_name   = var.resource_group_name
  api_management_name   = azurerm_api_management.this.name
  revision              = "1"
  display_name          = title(each.key)
  path                  = each.value.path
  protocols             = ["https"]
  service_url           = var.backends[each.key]
  subscription_required = false
}

resource "azurerm_api_management_api_operation" "this" {
  for_each = local.operations

  operation_id        = lower(each.value.method)
  api_name            = azurerm_api_management_api.this[each.value.service].name
  api_management_name = azurerm_api_management.this.name
  resource_group_name = var.resource_group_name
  display_name        = each.value.method
  method              = each.value.method
  url_template        = "/*"
}

resource "azurerm_api_management_api_policy" "this" {
  for_each = local.services

  api_name            = azurerm_api_management_api.this[each.key].name
  api_management_name = azurerm_api_management.this.name
  resource_group_name = var.resource_group_name
  xml_content = templatefile("${path.module}/policies/api.xml.tftpl", {
    service             = each.key
    backend             = azurerm_api_management_backend.this[each.key].name
    allowed_origins     = var.allowed_origins
    allowed_methods     = local.methods
    cors_max_age        = var.routes.cors.maxAgeSeconds
    max_body_bytes      = var.routes.maxBodyBytes
    requests_per_minute = var.requests_per_minute
  })
}

# Anonymous methods keep the API's policy; all others want a token as well.
resource "azurerm_api_management_api_operation_policy" "token" {
  for_each = { for key, operation in local.operations : key => operation if !operation.anonymous }

  operation_id        = azurerm_api_management_api_operation.this[each.key].operation_id
  api_name            = azurerm_api_management_api.this[each.value.service].name
  api_management_name = azurerm_api_management.this.name
  resource_group_name = var.resource_group_name
  xml_content = templatefile("${path.module}/policies/token.xml.tftpl", {
    openid_config_url = var.identity_provider.openid_config_url
    issuer            = var.identity_provider.issuer
    audience          = var.routes.issuer.audience
  })
}
