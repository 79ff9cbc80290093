resource "azurerm_public_ip" "gateway" {
  name                = "pip-agw-${var.name}"
  location            = var.location
  resource_group_name = var.resource_group_name
  allocation_method   = "Static"
  sku                 = "Standard"
  zones               = var.zones
  domain_name_label   = "agw-${var.name}"
  tags                = var.tags
}

# The gateway reads its certificate while it is being created, so the right to do so comes first.
resource "azurerm_user_assigned_identity" "gateway" {
  name                = "id-agw-${var.name}"
  location            = var.location
  resource_group_name = var.resource_group_name
  tags                = var.tags
}

resource "azurerm_role_assignment" "certificate" {
  scope                            = var.listener.key_vault_id
  role_definition_name             = "Key Vault Secrets User"
  principal_id                     = azurerm_user_assigned_identity.gateway.principal_id
  principal_type                   = "ServicePrincipal"
  skip_service_principal_aad_check = true
  description                      = local.access[0].reason
}

resource "azurerm_web_application_firewall_policy" "this" {
  name                = "waf-${var.name}"
  location            = var.location
  resource_group_name = var.resource_group_name
  tags                = var.tags

  policy_settings {
    enabled                     = true
    mode                        = var.waf_mode
    request_body_check          = true
    request_body_enforcement    = true
    max_request_body_size_in_kb = ceil(var.firewall.maxBodyBytes / 1024)
    file_upload_limit_in_mb     = 1
  }

  managed_rules {
    managed_rule_set {
      type    = "Microsoft_DefaultRuleSet"
      version = "2.1"
    }

    managed_rule_set {
      type    = "Microsoft_BotManagerRuleSet"
      version = "1.1"
    }

    # Members that people write prose into, for the few rules that take prose for an attack.
    dynamic "exclusion" {
      for_each = var.firewall.exclusions

      content {
        match_variable          = "RequestArgValues"
        selector                = exclusion.value.selector
        selector_match_operator = exclusion.value.operator

        excluded_rule_set {
          type    = "Microsoft_DefaultRuleSet"
          version = "2.1"

          dynamic "rule_group" {
            for_each = exclusion.value.groups

            content {
              rule_group_name = rule_group.value.group
              excluded_rules  = rule_group.value.rules
            }
          }
        }
      }
    }
  }

  # Everybody but an address that does not exist: no address may ask more often than a signed-in caller.
  custom_rules {
    name                 = "RateLimitPerAddress"
    priority             = 10
    rule_type            = "RateLimitRule"
    action               = "Block"
    rate_limit_duration  = "OneMin"
    rate_limit_threshold = var.gateway.rateLimits.signedIn.quota
    group_rate_limit_by  = "ClientAddr"

    match_conditions {
      operator           = "IPMatch"
      negation_condition = true
      match_values       = ["255.255.255.255/32"]

      match_variables {
        variable_name = "RemoteAddr"
      }
    }
  }

  # What the managed rules would know by its form alone, which they do not look at where people write sentences.
  dynamic "custom_rules" {
    for_each = { for at, body in var.firewall.refusedBodies : 20 + at => body }

    content {
      name      = custom_rules.value.name
      priority  = custom_rules.key
      rule_type = "MatchRule"
      action    = "Block"

      match_conditions {
        operator     = "Regex"
        match_values = [custom_rules.value.pattern]
        transforms   = ["Lowercase"]

        match_variables {
          variable_name = "RequestBody"
        }
      }
    }
  }
}

resource "azurerm_application_gateway" "this" {
  name                              = "agw-${var.name}"
  location                          = var.location
  resource_group_name               = var.resource_group_name
  zones                             = var.zones
  firewall_policy_id                = azurerm_web_application_firewall_policy.this.id
  force_firewall_policy_association = true
  http2_enabled                     = true
  tags                              = var.tags

  sku {
    name = "WAF_v2"
    tier = "WAF_v2"
  }

  autoscale_configuration {
    min_capacity = var.capacity.min
    max_capacity = var.capacity.max
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.gateway.id]
  }

  gateway_ip_configuration {
    name      = "subnet"
    subnet_id = var.subnet_ids.gateway
  }

  frontend_ip_configuration {
    name                 = "public"
    public_ip_address_id = azurerm_public_ip.gateway.id
  }

  frontend_port {
    name = "https"
    port = 443
  }

  # TLS 1.2 with forward secrecy, or 1.3.
  ssl_policy {
    policy_type = "Predefined"
    policy_name = "AppGwSslPolicy20220101S"
  }

  ssl_certificate {
    name                = "listener"
    key_vault_secret_id = var.listener.certificate_secret_id
  }

  http_listener {
    name                           = "https"
    frontend_ip_configuration_name = "public"
    frontend_port_name             = "https"
    protocol                       = "Https"
    host_name                      = var.listener.hostname
    ssl_certificate_name           = "listener"
    require_sni                    = true
  }

  # The shop's pages have a host name of their own, which the same certificate is for.
  http_listener {
    name                           = "storefront"
    frontend_ip_configuration_name = "public"
    frontend_port_name             = "https"
    protocol                       = "Https"
    host_name                      = var.storefront.hostname
    ssl_certificate_name           = "listener"
    require_sni                    = true
  }

  backend_address_pool {
    name  = "api-management"
    fqdns = [local.apim_host]
  }

  backend_http_settings {
    name                  = "api-management"
    protocol              = "Https"
    port                  = 443
    cookie_based_affinity = "Disabled"
    host_name             = local.apim_host
    probe_name            = "api-management"
    request_timeout       = 60

    connection_draining {
      enabled           = true
      drain_timeout_sec = 30
    }
  }

  backend_address_pool {
    name  = "storefront"
    fqdns = [var.storefront.web_host]
  }

  backend_http_settings {
    name                  = "storefront"
    protocol              = "Https"
    port                  = 443
    cookie_based_affinity = "Disabled"
    host_name             = var.storefront.web_host
    probe_name            = "storefront"
    request_timeout       = 20
  }

  # Unhealthy until the pages are deployed for the first time.
  probe {
    name                = "storefront"
    protocol            = "Https"
    host                = var.storefront.web_host
    path                = "/index.html"
    interval            = 30
    timeout             = 30
    unhealthy_threshold = 3
  }

  probe {
    name                = "api-management"
    protocol            = "Https"
    host                = local.apim_host
    path                = "/status-0123456789abcdef"
    interval            = 30
    timeout             = 30
    unhealthy_threshold = 3
  }

  # A path that belongs to no service goes to API Management too, which answers 404.
  url_path_map {
    name                               = "services"
    default_backend_address_pool_name  = "api-management"
    default_backend_http_settings_name = "api-management"

    dynamic "path_rule" {
      for_each = var.firewall.pathRules

      content {
        name                       = path_rule.value.name
        paths                      = path_rule.value.paths
        backend_address_pool_name  = "api-management"
        backend_http_settings_name = "api-management"
      }
    }
  }

  request_routing_rule {
    name               = "services"
    rule_type          = "PathBasedRouting"
    priority           = 100
    http_listener_name = "https"
    url_path_map_name  = "services"
  }

  # At the shop's host the services are where they are for the local gateway, so that its pages call their own origin.
  url_path_map {
    name                               = "storefront"
    default_backend_address_pool_name  = "storefront"
    default_backend_http_settings_name = "storefront"
    default_rewrite_rule_set_name      = "storefront"

    dynamic "path_rule" {
      for_each = var.firewall.pathRules

      content {
        name                       = path_rule.value.name
        paths                      = path_rule.value.paths
        backend_address_pool_name  = "api-management"
        backend_http_settings_name = "api-management"
      }
    }
  }

  request_routing_rule {
    name               = "storefront"
    rule_type          = "PathBasedRouting"
    priority           = 110
    http_listener_name = "storefront"
    url_path_map_name  = "storefront"
  }

  # Storage knows files only: an address becomes the file that stands for it, and what is missing is 404 with the shop's page.
  rewrite_rule_set {
    name = "storefront"

    rewrite_rule {
      name          = "headers"
      rule_sequence = 10

      dynamic "response_header_configuration" {
        for_each = local.storefront_headers

        content {
          header_name  = response_header_configuration.key
          header_value = response_header_configuration.value
        }
      }
    }

    dynamic "rewrite_rule" {
      for_each = local.storefront_places

      content {
        name          = rewrite_rule.key
        rule_sequence = rewrite_rule.value.sequence

        condition {
          variable    = "var_uri_path"
          pattern     = rewrite_rule.value.pattern
          ignore_case = false
          negate      = false
        }

        url {
          path       = rewrite_rule.value.file
          components = "path_only"
          reroute    = false
        }

        dynamic "response_header_configuration" {
          for_each = rewrite_rule.value.headers

          content {
            header_name  = response_header_configuration.key
            header_value = response_header_configuration.value
          }
        }
      }
    }
  }

  depends_on = [azurerm_role_assignment.certificate, azurerm_private_dns_a_record.api_management]
}
