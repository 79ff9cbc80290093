mock_provider "azurerm" {
  mock_resource "azurerm_api_management" {
    defaults = {
      private_ip_addresses = ["10.10.1.5"]
    }
  }
}

variables {
  name                = "eshop-tst-a1b2"
  location            = "westeurope"
  resource_group_name = "rg-test"
  tags                = { environment = "test" }
  virtual_network_id  = "/subscriptions/x/vnet"
  subnet_ids          = { gateway = "/subscriptions/x/gateway", apim = "/subscriptions/x/apim" }
  listener            = { hostname = "api.eshop.example", key_vault_id = "/subscriptions/x/kv", certificate_secret_id = "https://kv-eshop.vault.azure.net/secrets/gateway" }
  capacity            = { min = 1, max = 2 }
  waf_mode            = "Prevention"
  api_management      = { sku_name = "Developer_1", publisher_name = "eShop", publisher_email = "team@eshop.example" }
  allowed_origins     = ["https://shop.eshop.example"]
  identity_provider   = { issuer = "https://issuer.example/", openid_config_url = "https://issuer.example/.well-known/openid-configuration", audience = "eshop" }
  backends            = { catalog = "https://catalog.example", basket = "https://basket.example" }
  gateway = {
    issuer          = { rolesClaim = "roles" }
    cors            = { allowedHeaders = ["if-match"], exposedHeaders = ["etag"], maxAgeSeconds = 600 }
    securityHeaders = { x-content-type-options = "nosniff" }
    edgeHeaders     = ["x-original-url"]
    rateLimits = {
      default  = { quota = 600, windowSeconds = 60 }
      signedIn = { quota = 1200, windowSeconds = 60 }
      strict   = { quota = 30, windowSeconds = 60 }
    }
    services = [{ name = "catalog", prefix = "/catalog" }, { name = "basket", prefix = "/basket" }]
  }
  storefront = {
    hostname         = "shop.eshop.example"
    web_host         = "stpages.z6.web.core.windows.net"
    identity_origins = { shop = ["https://customers.example"], staff = ["https://staff.example"] }
    payments_origin  = "https://payments.example"
    table = {
      languages   = ["de"]
      pages       = ["/", "/orders/{id}"]
      prerendered = ["/products/{slug}"]
      staff       = ["/console"]
      policies    = { shop = "script-src 'self'{payment-scripts}; frame-src{payment-frames}; connect-src 'self' {identity}{payment-connections}", staff = "connect-src 'self' {identity}" }
      payments = {
        "https://payments.example" = {
          scripts = ["https://payments.example", "https://*.payments.example"], frames = ["https://frames.example"], connections = ["https://api.payments.example"]
        }
      }
    }
  }
  operations = [
    { id = "list", service = "catalog", method = "GET", urlTemplate = "/products", parameters = [], admission = "open", role = null, contentTypes = [], maxBodyBytes = 1048576, strict = false },
    { id = "list-head", service = "catalog", method = "HEAD", urlTemplate = "/products", parameters = [], admission = "open", role = null, contentTypes = [], maxBodyBytes = 1048576, strict = false },
    { id = "patch", service = "catalog", method = "PATCH", urlTemplate = "/products/{id}", parameters = ["id"], admission = "token", role = "catalog.write", contentTypes = ["application/merge-patch+json", "application/json"], maxBodyBytes = 1048576, strict = false },
    { id = "part", service = "catalog", method = "PUT", urlTemplate = "/imports/{id}", parameters = ["id"], admission = "token", role = "catalog.write", contentTypes = ["application/x-ndjson"], maxBodyBytes = 2048000, strict = false },
    { id = "merge", service = "basket", method = "POST", urlTemplate = "/cart/merge", parameters = [], admission = "token", role = null, contentTypes = ["application/json"], maxBodyBytes = 1048576, strict = false },
    { id = "hold", service = "basket", method = "POST", urlTemplate = "/cart/hold", parameters = [], admission = "token-or-guest", role = null, contentTypes = ["application/json"], maxBodyBytes = 1048576, strict = true },
    { id = "order", service = "basket", method = "GET", urlTemplate = "/orders/{id}", parameters = ["id"], admission = "token-or-guest-or-order", role = null, contentTypes = [], maxBodyBytes = 1048576, strict = false },
  ]
  problems = {
    for name in ["malformed", "tokenRequired", "invalidToken", "roleMissing", "unknownRoute", "tooLarge", "mediaType", "tooMany", "failed", "serviceFailed", "unavailable", "timeout"] :
    name => { status = 400, code = "code.${name}", title = "Title", detail = "It's \"so\" & <so>." }
  }
  firewall = {
    pathRules     = [{ name = "catalog", paths = ["/catalog", "/catalog/*"] }, { name = "basket", paths = ["/basket", "/basket/*"] }]
    maxBodyBytes  = 2048000
    exclusions    = [{ operator = "StartsWith", selector = "description", groups = [{ group = "SQLI", rules = ["942190", "942270"] }] }]
    refusedBodies = [{ name = "SqlUnion", pattern = "union\\s+select" }]
  }
}

run "has_an_operation_per_route" {
  command = plan

  assert {
    condition     = keys(azurerm_api_management_api_operation.this) == ["basket/hold", "basket/merge", "basket/order", "catalog/list", "catalog/list-head", "catalog/part", "catalog/patch"]
    error_message = "One operation per route, and HEAD beside GET."
  }
  assert {
    condition     = azurerm_api_management_api_operation.this["catalog/patch"].url_template == "/products/{id}" && [for parameter in azurerm_api_management_api_operation.this["catalog/patch"].template_parameter : parameter.name] == ["id"]
    error_message = "The path's parameters are named."
  }
  assert {
    condition     = strcontains(azurerm_api_management_api_operation_policy.this["catalog/list-head"].xml_content, "<set-method>GET</set-method>") && !strcontains(azurerm_api_management_api_operation_policy.this["catalog/list"].xml_content, "<set-method>")
    error_message = "The apps answer GET where a caller sends HEAD."
  }
}

run "asks_for_a_token_where_the_route_does" {
  command = plan

  assert {
    condition     = !strcontains(azurerm_api_management_api_operation_policy.this["basket/merge"].xml_content, "<when condition=\"@(context.Request.Headers.ContainsKey(&quot;Authorization&quot;)")
    error_message = "Nobody gets to a signed-in route without a token."
  }
  assert {
    condition     = strcontains(azurerm_api_management_api_operation_policy.this["catalog/list"].xml_content, "<when condition=\"@(context.Request.Headers.ContainsKey(&quot;Authorization&quot;))\">")
    error_message = "An open route checks the token that it is sent."
  }
  assert {
    condition     = strcontains(azurerm_api_management_api_operation_policy.this["basket/hold"].xml_content, "namesGuest") && !strcontains(azurerm_api_management_api_operation_policy.this["basket/hold"].xml_content, "X-Order-Token")
    error_message = "Guests pass to the app, which knows what their token is worth."
  }
  assert {
    condition     = strcontains(azurerm_api_management_api_operation_policy.this["basket/order"].xml_content, "namesGuest") && strcontains(azurerm_api_management_api_operation_policy.this["basket/order"].xml_content, "X-Order-Token")
    error_message = "So do the holders of an order's token."
  }
  assert {
    condition     = strcontains(azurerm_api_management_api_operation_policy.this["catalog/patch"].xml_content, "<value>catalog.write</value>") && strcontains(azurerm_api_management_api_operation_policy.this["catalog/patch"].xml_content, "<validate-jwt ")
    error_message = "A staff route asks for the role, of the issuer while there is no staff tenant."
  }
}

run "asks_a_staff_tenant_for_roles" {
  command = plan

  variables {
    identity_provider = { issuer = "https://issuer.example/", openid_config_url = "https://issuer.example/.well-known/openid-configuration", audience = "eshop", staff = { tenant_id = "00000000-0000-0000-0000-00000000000b", audience = "staff" } }
  }

  assert {
    condition     = strcontains(azurerm_api_management_api_operation_policy.this["catalog/patch"].xml_content, "<validate-azure-ad-token tenant-id=\"00000000-0000-0000-0000-00000000000b\"") && !strcontains(azurerm_api_management_api_operation_policy.this["catalog/patch"].xml_content, "<validate-jwt ")
    error_message = "Staff have tokens of the workforce tenant."
  }
  assert {
    condition     = strcontains(azurerm_api_management_api_operation_policy.this["catalog/patch"].xml_content, "<audience>staff</audience>") && !strcontains(azurerm_api_management_api_operation_policy.this["catalog/patch"].xml_content, "<audience>eshop</audience>")
    error_message = "Theirs are meant for the application that is registered there."
  }
  assert {
    condition     = length(regexall("<openid-config |<audience>|<issuer>", azurerm_api_management_api_operation_policy.this["basket/merge"].xml_content)) == 6
    error_message = "Who needs no role may have a token of either."
  }
  assert {
    condition     = strcontains(azurerm_api_management_api_operation_policy.this["basket/merge"].xml_content, "<issuer>https://issuer.example/</issuer>")
    error_message = "Customers have tokens of the customers' issuer."
  }
}

run "limits_and_names_the_shops_origin" {
  command = plan

  assert {
    condition     = strcontains(azurerm_api_management_policy.this.xml_content, "<origin>https://shop.eshop.example</origin>") && !strcontains(azurerm_api_management_policy.this.xml_content, "localhost")
    error_message = "The local origins stay local."
  }
  assert {
    condition     = strcontains(azurerm_api_management_api_operation_policy.this["catalog/part"].xml_content, "&gt; 2048000)") && !strcontains(azurerm_api_management_api_operation_policy.this["catalog/part"].xml_content, "<validate-content")
    error_message = "The body limit of the route; lines are no JSON."
  }
  assert {
    condition     = length(regexall("<content type=", azurerm_api_management_api_operation_policy.this["catalog/patch"].xml_content)) == 2
    error_message = "JSON is validated, whatever it is called."
  }
  assert {
    condition     = length(regexall("<rate-limit-by-key ", azurerm_api_management_api_operation_policy.this["basket/hold"].xml_content)) == 4 && length(regexall("<rate-limit-by-key ", azurerm_api_management_api_operation_policy.this["basket/merge"].xml_content)) == 2
    error_message = "By subject or by address, and once more where a route is strict."
  }
  assert {
    condition     = strcontains(azurerm_api_management_policy.this.xml_content, "It's \\&quot;so\\&quot; \\u0026 \\u003cso\\u003e.")
    error_message = "A problem's words break no attribute."
  }
}

run "believes_no_caller_what_only_an_edge_says" {
  command = plan

  assert {
    condition     = strcontains(azurerm_api_management_policy.this.xml_content, "<set-header name=\"x-original-url\" exists-action=\"delete\" />")
    error_message = "Headers of the edge come from the edge."
  }
}

run "strips_the_prefix" {
  command = plan

  assert {
    condition     = azurerm_api_management_api.this["catalog"].path == "catalog" && azurerm_api_management_api.this["catalog"].service_url == "https://catalog.example" && azurerm_api_management_api.this["catalog"].protocols == toset(["https"])
    error_message = "The API's path is the prefix; the backend does not see it."
  }
}

run "routes_paths_behind_the_firewall" {
  command = plan

  assert {
    condition     = { for rule in azurerm_application_gateway.this.url_path_map[0].path_rule : rule.name => rule.paths } == { basket = tolist(["/basket", "/basket/*"]), catalog = tolist(["/catalog", "/catalog/*"]) }
    error_message = "One path rule per service."
  }
  assert {
    condition     = azurerm_web_application_firewall_policy.this.policy_settings[0].mode == "Prevention" && azurerm_web_application_firewall_policy.this.policy_settings[0].max_request_body_size_in_kb == 2000
    error_message = "The firewall prevents, and takes bodies as large as the routes do."
  }
  assert {
    condition     = azurerm_web_application_firewall_policy.this.managed_rules[0].exclusion[0].excluded_rule_set[0].rule_group[0].excluded_rules == tolist(["942190", "942270"]) && azurerm_web_application_firewall_policy.this.managed_rules[0].exclusion[0].selector == "description"
    error_message = "An exclusion is for single rules."
  }
  assert {
    condition     = [for rule in azurerm_web_application_firewall_policy.this.custom_rules : [rule.name, rule.priority, rule.action]] == [["RateLimitPerAddress", 10, "Block"], ["SqlUnion", 20, "Block"]] && azurerm_web_application_firewall_policy.this.custom_rules[1].match_conditions[0].match_values == tolist(["union\\s+select"]) && azurerm_web_application_firewall_policy.this.custom_rules[1].match_conditions[0].match_variables[0].variable_name == "RequestBody"
    error_message = "A body that holds an injection is refused."
  }
}

run "serves_the_pages_at_a_host_of_their_own" {
  command = plan

  assert {
    condition     = { for listener in azurerm_application_gateway.this.http_listener : listener.name => listener.host_name } == { https = "api.eshop.example", storefront = "shop.eshop.example" }
    error_message = "API and pages are told apart by their host names."
  }
  assert {
    condition     = { for rule in azurerm_application_gateway.this.url_path_map[1].path_rule : rule.name => rule.backend_address_pool_name } == { basket = "api-management", catalog = "api-management" } && azurerm_application_gateway.this.url_path_map[1].default_backend_address_pool_name == "storefront"
    error_message = "At the pages' host the services are reached as well."
  }
  assert {
    condition     = alltrue([for path, rule in { "/" = "pages", "/de" = "pages", "/orders/4711" = "pages", "/de/orders/4711/" = "pages", "/products/a-b" = "prerendered", "/de/products/a-b/" = "prerendered", "/console" = "staff", "/console/sagas/1" = "staff" } : [for candidate in azurerm_application_gateway.this.rewrite_rule_set[0].rewrite_rule : candidate.name if length(candidate.condition) > 0 && can(regex(try(candidate.condition[0].pattern, "^$"), path))] == [rule]])
    error_message = "Each address is one rule's."
  }
  assert {
    condition     = alltrue([for path in ["/assets/index-abc.js", "/index.html", "/staff.html", "/products/a-b.html", "/consoles", "/orders/1/2"] : alltrue([for candidate in slice(azurerm_application_gateway.this.rewrite_rule_set[0].rewrite_rule, 1, 4) : !can(regex(candidate.condition[0].pattern, path))])])
    error_message = "Files are what they are called."
  }
  assert {
    condition     = { for rule in azurerm_application_gateway.this.rewrite_rule_set[0].rewrite_rule : rule.name => { for header in rule.response_header_configuration : header.header_name => header.header_value } if length(rule.response_header_configuration) > 0 } == { headers = { content-security-policy = "script-src 'self' https://payments.example https://*.payments.example; frame-src https://frames.example; connect-src 'self' https://customers.example https://api.payments.example", strict-transport-security = "max-age=31536000; includeSubDomains", x-content-type-options = "nosniff" }, staff = { content-security-policy = "connect-src 'self' https://staff.example" } }
    error_message = "The staff's pages have no card fields and another provider."
  }
}

run "lets_in_another_payment_provider_where_its_script_lies" {
  command = plan

  variables {
    storefront = {
      hostname         = "shop.eshop.example"
      web_host         = "stpages.z6.web.core.windows.net"
      identity_origins = { shop = ["https://customers.example"], staff = ["https://staff.example"] }
      payments_origin  = "https://another.example"
      table = {
        languages   = ["de"]
        pages       = ["/"]
        prerendered = ["/products/{slug}"]
        staff       = ["/console"]
        policies    = { shop = "script-src{payment-scripts}; frame-src{payment-frames}; connect-src {identity}{payment-connections}", staff = "" }
        payments    = {}
      }
    }
  }

  assert {
    condition     = local.storefront_policies.shop == "script-src https://another.example; frame-src https://another.example; connect-src https://customers.example"
    error_message = "The policy lets in something else."
  }
}

run "refuses_a_provider_without_encryption" {
  command = plan

  variables {
    storefront = {
      hostname         = "shop.eshop.example"
      web_host         = "stpages.z6.web.core.windows.net"
      identity_origins = { shop = ["http://customers.example"], staff = [] }
      payments_origin  = "https://payments.example"
      table            = { languages = [], pages = [], prerendered = [], staff = [], policies = { shop = "", staff = "" }, payments = {} }
    }
  }

  expect_failures = [var.storefront]
}

run "refuses_larger_bodies_than_the_firewall_takes" {
  command = plan

  variables {
    firewall = { pathRules = [], maxBodyBytes = 2097152, exclusions = [], refusedBodies = [] }
  }

  expect_failures = [var.firewall]
}

run "refuses_an_http_backend" {
  command = plan

  variables {
    backends = { catalog = "http://catalog.example", basket = "https://basket.example" }
  }

  expect_failures = [var.backends]
}

run "refuses_a_pinned_certificate_version" {
  command = plan

  variables {
    listener = { hostname = "api.eshop.example", key_vault_id = "/subscriptions/x/kv", certificate_secret_id = "https://kv-eshop.vault.azure.net/secrets/gateway/0123456789abcdef" }
  }

  expect_failures = [var.listener]
}

run "refuses_zones_on_developer" {
  command = plan

  variables {
    api_management = { sku_name = "Developer_1", zones = ["1", "2"], publisher_name = "eShop", publisher_email = "team@eshop.example" }
  }

  expect_failures = [var.api_management]
}
