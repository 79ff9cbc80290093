mock_provider "azurerm" {}

variables {
  name                = "vnet-test"
  location            = "westeurope"
  resource_group_name = "rg-test"
  tags                = { environment = "test" }
  address_space       = "10.10.0.0/16"
}

run "cuts_the_subnets_in_a_fixed_order" {
  command = plan

  assert {
    condition = output.prefixes == tomap({
      gateway   = "10.10.0.0/24"
      apim      = "10.10.1.0/24"
      functions = "10.10.2.0/24"
      endpoints = "10.10.3.0/24"
      aks       = "10.10.4.0/22"
      agents    = "10.10.8.0/24"
    })
    error_message = "The subnets must keep their ranges: changing them replaces them."
  }
}

run "lets_the_internet_in_at_one_place_only" {
  command = plan

  assert {
    condition     = [for key, rule in azurerm_network_security_rule.allow : key if rule.source_address_prefix == "Internet"] == ["gateway-https"]
    error_message = "Only the gateway's HTTPS rule may name the internet."
  }
  assert {
    condition     = azurerm_network_security_rule.allow["gateway-https"].destination_port_ranges == toset(["443"])
    error_message = "The internet reaches port 443 and no other."
  }
  assert {
    condition     = alltrue([for rule in azurerm_network_security_rule.deny : rule.priority == 4096 && rule.access == "Deny"]) && length(azurerm_network_security_rule.deny) == 6
    error_message = "Every subnet ends with a rule that refuses the rest."
  }
}

run "registers_an_endpoint_in_the_zone_of_its_service" {
  command = plan

  variables {
    private_endpoints = {
      orders = { resource_id = "/subscriptions/x/sql", subresource = "sqlServer" }
      vault  = { resource_id = "/subscriptions/x/kv", subresource = "vault" }
    }
  }

  assert {
    condition     = [for zone in azurerm_private_dns_zone.this : zone.name] == ["privatelink.database.windows.net", "privatelink.vaultcore.azure.net"]
    error_message = "One zone per kind of service in use."
  }
  assert {
    condition     = azurerm_private_endpoint.this["orders"].private_service_connection[0].subresource_names == tolist(["sqlServer"])
    error_message = "The endpoint must name its service."
  }
}

run "opens_the_ports_of_the_endpoints_that_are_there" {
  command = plan

  variables {
    private_endpoints = {
      orders = { resource_id = "/subscriptions/x/psql", subresource = "postgresqlServer" }
      bus    = { resource_id = "/subscriptions/x/sb", subresource = "namespace" }
    }
  }

  assert {
    condition     = azurerm_network_security_rule.allow["endpoints-workloads"].destination_port_ranges == toset(["443", "5432", "5671"])
    error_message = "No port without an endpoint behind it."
  }
  assert {
    condition     = azurerm_network_security_rule.allow["endpoints-workloads"].source_address_prefix == "10.10.2.0/24"
    error_message = "Without a cluster the workloads are in the Functions subnet."
  }
}

run "lets_pods_reach_pods_on_other_nodes" {
  command = plan

  variables {
    pod_range = "192.168.0.0/16"
  }

  assert {
    condition     = azurerm_network_security_rule.allow["aks-own-subnet"].source_address_prefixes == toset(["10.10.4.0/22", "192.168.0.0/16"])
    error_message = "Overlay traffic is not encapsulated: the nodes' subnet sees the pods' own addresses."
  }
  assert {
    condition     = azurerm_network_security_rule.allow["endpoints-workloads"].source_address_prefix == "10.10.4.0/22"
    error_message = "With a cluster the workloads are on the nodes."
  }
}

run "lets_operators_in_and_gives_them_the_names" {
  command = plan

  variables {
    operator_ranges    = ["10.11.0.0/24"]
    linked_network_ids = { hub = "/subscriptions/x/vnet" }
    private_endpoints = {
      orders = { resource_id = "/subscriptions/x/psql", subresource = "postgresqlServer" }
      bus    = { resource_id = "/subscriptions/x/sb", subresource = "namespace" }
    }
  }

  assert {
    condition     = azurerm_network_security_rule.allow["endpoints-operators"].destination_port_ranges == toset(["443", "5432"])
    error_message = "HTTPS and the databases that are there, no queues."
  }
  assert {
    condition     = keys(azurerm_private_dns_zone_virtual_network_link.operators) == ["namespace/hub", "postgresqlServer/hub"]
    error_message = "Every zone is linked to every network that resolves names in it."
  }
}

run "lets_agents_out_by_one_address_and_in_to_https_alone" {
  command = plan

  assert {
    condition     = azurerm_subnet.this["agents"].delegation[0].service_delegation[0].name == "Microsoft.DevOpsInfrastructure/pools" && !azurerm_subnet.this["agents"].default_outbound_access_enabled
    error_message = "Managed DevOps Pools take a subnet that is delegated to them."
  }
  assert {
    condition     = azurerm_network_security_rule.allow["endpoints-agents"].destination_port_ranges == toset(["443"]) && azurerm_network_security_rule.allow["endpoints-agents"].source_address_prefix == "10.10.8.0/24"
    error_message = "Agents push images and deploy; databases are the operators'."
  }
}

run "refuses_a_range_too_small_for_the_subnets" {
  command = plan

  variables {
    address_space = "10.10.0.0/24"
  }

  expect_failures = [var.address_space]
}

run "refuses_a_service_without_a_zone" {
  command = plan

  variables {
    private_endpoints = { files = { resource_id = "/subscriptions/x/st", subresource = "file" } }
  }

  expect_failures = [var.private_endpoints]
}
