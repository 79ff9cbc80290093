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
  waf                 = { mode = "Prevention" }
  api_management      = { sku_name = "Developer_1", publisher_name = "eShop", publisher_email = "team@eshop.example" }
  allowed_origins     = ["https://shop.eshop.example"]
  identity_provider   = { issuer = "https://issuer.example/", openid_config_url = "https://issuer.example/.well-known/openid-configuration" }
  backends            = { catalog = "https://catalog.example", basket = "https://basket.example" }
  routes = {
    issuer       = { audience = "eshop" }
    cors         = { allowedOrigins = ["http://localhost:5173"], maxAgeSeconds = 600 }
    maxBodyBytes = 1048576
    services = [
      { name = "catalog", prefix = "/catalog", anonymous = ["GET"] },
      { name = "basket", prefix = "/basket", anonymous = [] },
    ]
  }
}

run "asks_for_a_token_where_the_route_table_does" {
  command = plan

  assert {
    condition = keys(azurerm_api_management_api_operation_policy.token) == [
      "basket-delete", "basket-get", "basket-head", "basket-patch", "basket-post", "basket-put",
      "catalog-delete", "catalog-patch", "catalog-post", "catalog-put",
    ]
    error_message = "Only GET and HEAD of the catalogue are anonymous."
  }
  assert {
    condition     = strcontains(azurerm_api_management_api_operation_policy.token["basket-get"].xml_content, "<audience>eshop</audience>")
    error_message = "The token must be meant for the shop."
  }
}

run "strips_the_prefix" {
  command = plan

  assert {
    condition     = azurerm_api_management_api.this["catalog"].path == "catalog" && azurerm_api_management_api.this["catalog"].service_url == "https://catalog.example" && azurerm_api_management_api.this["catalog"].protocols == toset(["https"])
    error_message = "The API's path is the prefix; the backend does not see it."
  }
}

run "limits_and_names_the_shops_origin" {
  command = plan

  assert {
    condition     = strcontains(azurerm_api_management_api_policy.this["basket"].xml_content, "<origin>https://shop.eshop.example</origin>") && !strcontains(azurerm_api_management_api_policy.this["basket"].xml_content, "localhost")
    error_message = "The local origins stay local."
  }
  assert {
    condition     = strcontains(azurerm_api_management_api_policy.this["basket"].xml_content, "&gt; 1048576)")
    error_message = "The body limit of the route table."
  }
}

run "routes_paths_behind_the_firewall" {
  command = plan

  assert {
    condition     = { for rule in azurerm_application_gateway.this.url_path_map[0].path_rule : rule.name => rule.paths } == { basket = tolist(["/basket", "/basket/*"]), catalog = tolist(["/catalog", "/catalog/*"]) }
    error_message = "One path rule per service."
  }
  assert {
    condition     = azurerm_web_application_firewall_policy.this.policy_settings[0].mode == "Prevention" && azurerm_web_application_firewall_policy.this.policy_settings[0].max_request_body_size_in_kb == 1024
    error_message = "The firewall prevents, and takes bodies as large as the route table says."
  }
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
