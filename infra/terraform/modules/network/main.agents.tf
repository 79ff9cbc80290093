# The pipelines' agents call the internet from one address that stays the same, and not by Azure's default outbound access,
# which new networks no longer have.
resource "azurerm_public_ip" "agents" {
  name                = "pip-${var.name}-agents"
  location            = var.location
  resource_group_name = var.resource_group_name
  allocation_method   = "Static"
  sku                 = "Standard"
  zones               = var.zones
  tags                = var.tags
}

resource "azurerm_nat_gateway" "agents" {
  name                = "ng-${var.name}-agents"
  location            = var.location
  resource_group_name = var.resource_group_name
  sku_name            = "Standard"
  tags                = var.tags
}

resource "azurerm_nat_gateway_public_ip_association" "agents" {
  nat_gateway_id       = azurerm_nat_gateway.agents.id
  public_ip_address_id = azurerm_public_ip.agents.id
}

resource "azurerm_subnet_nat_gateway_association" "agents" {
  nat_gateway_id = azurerm_nat_gateway.agents.id
  subnet_id      = azurerm_subnet.this["agents"].id
}
