resource "azurerm_virtual_network" "this" {
  name                = var.name
  location            = var.location
  resource_group_name = var.resource_group_name
  address_space       = [var.address_space]
  tags                = var.tags
}

resource "azurerm_subnet" "this" {
  for_each = local.prefixes

  name                 = "snet-${each.key}"
  resource_group_name  = var.resource_group_name
  virtual_network_name = azurerm_virtual_network.this.name
  address_prefixes     = [each.value]
  # Without this, network security groups do not apply to private endpoints.
  private_endpoint_network_policies = each.key == "endpoints" ? "NetworkSecurityGroupEnabled" : "Disabled"
  default_outbound_access_enabled   = each.key != "agents"

  dynamic "delegation" {
    for_each = contains(keys(local.delegations), each.key) ? [local.delegations[each.key]] : []

    content {
      name = "delegation"

      service_delegation {
        name    = delegation.value
        actions = ["Microsoft.Network/virtualNetworks/subnets/join/action"]
      }
    }
  }
}

resource "azurerm_network_security_group" "this" {
  for_each = local.prefixes

  name                = "nsg-${var.name}-${each.key}"
  location            = var.location
  resource_group_name = var.resource_group_name
  tags                = var.tags
}

resource "azurerm_network_security_rule" "allow" {
  for_each = local.rules

  name                        = each.value.name
  network_security_group_name = azurerm_network_security_group.this[each.value.subnet].name
  resource_group_name         = var.resource_group_name
  direction                   = "Inbound"
  access                      = "Allow"
  priority                    = each.value.priority
  protocol                    = each.value.protocol
  source_port_range           = "*"
  destination_address_prefix  = "*"
  destination_port_ranges     = each.value.ports == tolist(["*"]) ? null : each.value.ports
  destination_port_range      = each.value.ports == tolist(["*"]) ? "*" : null
  # A service tag is only valid in the singular argument, a list of ranges only in the plural one.
  source_address_prefix   = length(each.value.source) == 1 ? each.value.source[0] : null
  source_address_prefixes = length(each.value.source) == 1 ? null : each.value.source
}

# Azure's default rules let the whole virtual network in; a subnet here accepts only what is listed.
resource "azurerm_network_security_rule" "deny" {
  for_each = local.prefixes

  name                        = "deny-everything-else"
  network_security_group_name = azurerm_network_security_group.this[each.key].name
  resource_group_name         = var.resource_group_name
  direction                   = "Inbound"
  access                      = "Deny"
  priority                    = 4096
  protocol                    = "*"
  source_port_range           = "*"
  source_address_prefix       = "*"
  destination_port_range      = "*"
  destination_address_prefix  = "*"
}

resource "azurerm_subnet_network_security_group_association" "this" {
  for_each = local.prefixes

  subnet_id                 = azurerm_subnet.this[each.key].id
  network_security_group_id = azurerm_network_security_group.this[each.key].id
}
