module "host_storage" {
  source   = "./modules/storage"
  for_each = local.apps

  name                = "st${replace(local.global_name, "-", "")}${each.key}"
  location            = var.location
  resource_group_name = azurerm_resource_group.this.name
  tags                = local.tags
  replication         = var.storage_replication
  containers          = local.flex ? ["deployments"] : []
  public_access       = var.network.public_access
}

# Coupons, promotions and redemptions, apart from what the host keeps for itself.
module "discount_storage" {
  source = "./modules/storage"

  name                = "st${replace(local.global_name, "-", "")}coupons"
  location            = var.location
  resource_group_name = azurerm_resource_group.this.name
  tags                = local.tags
  replication         = var.storage_replication
  public_access       = var.network.public_access
}

# Where nobody can change them, not even who writes the orders: the daily digests of the streams' ends.
module "evidence_storage" {
  source = "./modules/storage"

  name                = "st${replace(local.global_name, "-", "")}evidence"
  location            = var.location
  resource_group_name = azurerm_resource_group.this.name
  tags                = local.tags
  replication         = var.storage_replication
  containers          = ["digests"]
  immutable_days      = 3653
  immutability_locked = var.environment == "prod"
  public_access       = var.network.public_access
}

# The shop's pages: the pipeline uploads them and switches the static website on, which only the data plane can
# (docs/decisions/0022-pages-in-storage-behind-the-gateway.md).
module "storefront_storage" {
  source = "./modules/storage"

  name                = "st${replace(local.global_name, "-", "")}pages"
  location            = var.location
  resource_group_name = azurerm_resource_group.this.name
  tags                = local.tags
  replication         = var.storage_replication
  containers          = ["prerender"]
  public_access       = var.network.public_access
}

# One vault per app that has secrets: a role on a vault is a role on all its secrets.
module "key_vault" {
  source   = "./modules/key-vault"
  for_each = setunion(local.apps, local.platform)

  name                       = "kv${replace(local.global_name, "-", "")}${each.key}"
  location                   = var.location
  resource_group_name        = azurerm_resource_group.this.name
  tags                       = local.tags
  tenant_id                  = data.azurerm_client_config.current.tenant_id
  purge_protection_enabled   = var.environment != "dev"
  soft_delete_retention_days = var.environment == "dev" ? 7 : 90
  public_access              = var.network.public_access
}

module "postgres" {
  source = "./modules/postgres"

  name                   = "psql-${local.global_name}"
  location               = var.location
  resource_group_name    = azurerm_resource_group.this.name
  tags                   = local.tags
  tenant_id              = data.azurerm_client_config.current.tenant_id
  sku_name               = var.postgres.sku_name
  storage_mb             = var.postgres.storage_mb
  high_availability      = var.postgres.high_availability
  backup                 = var.postgres.backup
  databases              = local.postgres_databases
  administrators         = var.administrators
  password_login         = var.credentials == "key-vault" ? {} : null
  administrator_password = var.postgres_administrator_password
  public_access          = var.network.public_access
}

module "sql" {
  source = "./modules/sql"
  count  = local.sql ? 1 : 0

  name                = "sql-${local.global_name}"
  location            = var.location
  resource_group_name = azurerm_resource_group.this.name
  tags                = local.tags
  tenant_id           = data.azurerm_client_config.current.tenant_id
  administrators      = var.administrators
  databases           = { for database in local.sql_databases : database => merge(var.sql, { append_only_ledger = var.sql.append_only_ledger && database == "ordering" }) }
  public_access       = var.network.public_access
}

module "cosmos" {
  source = "./modules/cosmos"
  count  = local.sql_orders ? 1 : 0

  name                     = "cosmos-${local.global_name}"
  location                 = var.location
  resource_group_name      = azurerm_resource_group.this.name
  tags                     = local.tags
  database_name            = "ordering"
  containers               = { orders = { partition_key = "/customerId" } }
  autoscale_max_throughput = var.cosmos.autoscale_max_throughput
  continuous_backup_tier   = var.cosmos.continuous_backup_tier
  zone_redundant           = length(var.zones) > 0
  public_access            = var.network.public_access
}

module "redis" {
  source = "./modules/redis"
  count  = var.redis == null ? 0 : 1

  name                          = "redis-${local.global_name}"
  location                      = var.location
  resource_group_name           = azurerm_resource_group.this.name
  tags                          = local.tags
  sku_name                      = var.redis.sku_name
  high_availability_enabled     = var.redis.high_availability
  access_keys_enabled           = var.credentials == "key-vault"
  public_network_access_enabled = false
}

module "service_bus" {
  source = "./modules/service-bus"

  name                          = "sb-${local.global_name}"
  location                      = var.location
  resource_group_name           = azurerm_resource_group.this.name
  tags                          = local.tags
  sku                           = var.service_bus.sku
  capacity                      = var.service_bus.capacity
  entities                      = local.entities
  public_network_access_enabled = !local.premium_bus
}

# Whoever may change the environment can still not delete what cannot be rebuilt.
resource "azurerm_management_lock" "data" {
  for_each = var.environment != "prod" ? {} : merge(
    { postgres = module.postgres.id },
    local.sql ? { sql = module.sql[0].id } : {},
    local.sql_orders ? { cosmos = module.cosmos[0].id } : {},
  )

  name       = "keep-data"
  scope      = each.value
  lock_level = "CanNotDelete"
  notes      = "Holds the shop's orders or catalogue. Remove this lock by hand before you remove the server."
}
