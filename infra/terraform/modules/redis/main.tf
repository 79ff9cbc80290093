# Azure Managed Redis: the sizes of Azure Cache for Redis retire in 2028.
resource "azurerm_managed_redis" "this" {
  name                      = var.name
  location                  = var.location
  resource_group_name       = var.resource_group_name
  sku_name                  = var.sku_name
  high_availability_enabled = var.high_availability_enabled
  public_network_access     = var.public_network_access_enabled ? "Enabled" : "Disabled"
  tags                      = var.tags

  default_database {
    access_keys_authentication_enabled = var.access_keys_enabled
    client_protocol                    = "Encrypted"
    # One endpoint on port 10000: the client needs no cluster protocol and the firewall no further ports.
    clustering_policy = "EnterpriseCluster"
    # It is a cache: PostgreSQL has everything, so under pressure the oldest keys go.
    eviction_policy = "AllKeysLRU"
  }
}
