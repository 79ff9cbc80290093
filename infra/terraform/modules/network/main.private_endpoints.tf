resource "azurerm_private_dns_zone" "this" {
  for_each = local.used_zones

  name                = local.dns_zones[each.key]
  resource_group_name = var.resource_group_name
  tags                = var.tags
}

resource "azurerm_private_dns_zone_virtual_network_link" "this" {
  for_each = local.used_zones

  name                  = var.name
  resource_group_name   = var.resource_group_name
  private_dns_zone_name = azurerm_private_dns_zone.this[each.key].name
  virtual_network_id    = azurerm_virtual_network.this.id
  registration_enabled  = false
  tags                  = var.tags
}

# Where operators and agents look names up. A network can be linked to one zone of a name only: environments that share
# a hub forward to a resolver in their own network instead.
resource "azurerm_private_dns_zone_virtual_network_link" "operators" {
  for_each = { for pair in setproduct(local.used_zones, keys(var.linked_network_ids)) : "${pair[0]}/${pair[1]}" => { zone = pair[0], network = pair[1] } }

  name                  = each.value.network
  resource_group_name   = var.resource_group_name
  private_dns_zone_name = azurerm_private_dns_zone.this[each.value.zone].name
  virtual_network_id    = var.linked_network_ids[each.value.network]
  registration_enabled  = false
  tags                  = var.tags
}

resource "azurerm_private_endpoint" "this" {
  for_each = var.private_endpoints

  name                = "pe-${var.name}-${each.key}"
  location            = var.location
  resource_group_name = var.resource_group_name
  subnet_id           = azurerm_subnet.this["endpoints"].id
  tags                = var.tags

  private_service_connection {
    name                           = each.key
    private_connection_resource_id = each.value.resource_id
    subresource_names              = [each.value.subresource]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "default"
    private_dns_zone_ids = [azurerm_private_dns_zone.this[each.value.subresource].id]
  }
}
