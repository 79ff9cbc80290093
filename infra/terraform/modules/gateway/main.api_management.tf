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

# Edges know that a body is JSON and an object; which members it has, the app knows.
resource "azurerm_api_management_global_schema" "json" {
  schema_id           = "json-object"
  api_management_name = azurerm_api_management.this.name
  resource_group_name = var.resource_group_name
  type                = "json"
  value               = jsonencode({ type = "object" })
}

resource "azurerm_api_management_policy_fragment" "problem" {
  name              = "problem"
  api_management_id = azurerm_api_management.this.id
  description       = "Answers the problem that the variable `problem` holds."
  value = templatefile("${path.module}/policies/problem.xml.tftpl", {
    security_headers = var.gateway.securityHeaders
    kinds            = local.problem_kinds
  })
}

# Of all APIs, and of what belongs to none.
resource "azurerm_api_management_policy" "this" {
  api_management_id = azurerm_api_management.this.id
  xml_content = templatefile("${path.module}/policies/global.xml.tftpl", {
    allowed_origins  = var.allowed_origins
    allowed_methods  = local.methods
    cors             = var.gateway.cors
    security_headers = var.gateway.securityHeaders
    edge_headers     = var.gateway.edgeHeaders
    problem          = local.problem
  })

  depends_on = [azurerm_api_management_policy_fragment.problem]
}

resource "azurerm_api_management_api_operation" "this" {
  for_each = local.operation_keys

  operation_id        = local.operations[each.key].id
  api_name            = azurerm_api_management_api.this[local.operations[each.key].service].name
  api_management_name = azurerm_api_management.this.name
  resource_group_name = var.resource_group_name
  display_name        = local.operations[each.key].id
  method              = local.operations[each.key].method
  url_template        = local.operations[each.key].urlTemplate

  dynamic "template_parameter" {
    for_each = local.operations[each.key].parameters

    content {
      name     = template_parameter.value
      type     = "string"
      required = true
    }
  }
}

resource "azurerm_api_management_api_policy" "this" {
  for_each = local.services

  api_name            = azurerm_api_management_api.this[each.key].name
  api_management_name = azurerm_api_management.this.name
  resource_group_name = var.resource_group_name
  xml_content = templatefile("${path.module}/policies/api.xml.tftpl", {
    prefix  = each.value.prefix
    backend = azurerm_api_management_backend.this[each.key].name
    limits  = var.gateway.rateLimits
    problem = local.problem
  })

  depends_on = [azurerm_api_management_policy_fragment.problem]
}

resource "azurerm_api_management_api_operation_policy" "this" {
  for_each = local.operation_keys

  operation_id        = local.operation_ids[each.key]
  api_name            = azurerm_api_management_api.this[local.operations[each.key].service].name
  api_management_name = azurerm_api_management.this.name
  resource_group_name = var.resource_group_name
  xml_content = templatefile("${path.module}/policies/operation.xml.tftpl", {
    asks           = local.asks_for_token[local.operations[each.key].admission]
    role           = local.operations[each.key].role
    roles_claim    = var.gateway.issuer.rolesClaim
    staff          = var.identity_provider.staff
    issuers        = local.issuers
    limits         = var.gateway.rateLimits
    strict         = local.operations[each.key].strict
    route          = trimsuffix(local.operations[each.key].id, "-head")
    content_types  = local.operations[each.key].contentTypes
    json_types     = [for type in local.operations[each.key].contentTypes : type if can(regex("[/+]json$", type))]
    json_schema    = azurerm_api_management_global_schema.json.schema_id
    max_body_bytes = local.operations[each.key].maxBodyBytes
    head           = local.operations[each.key].method == "HEAD"
    problem        = local.problem
  })

  depends_on = [azurerm_api_management_policy_fragment.problem]
}
