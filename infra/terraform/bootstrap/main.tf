locals {
  short_environment = { dev = "dev", staging = "stg", prod = "prd" }[var.environment]
  tags = {
    application = var.name
    environment = var.environment
    owner       = var.owner
    cost-center = var.cost_center
    managed-by  = "terraform"
  }

  # Owner, User Access Administrator and Role Based Access Control Administrator: whoever may grant roles may not
  # grant these, or it could make itself anything.
  never_granted = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635, 18d7d88d-d35e-4fb5-a5c3-7773c20a72d9, f58310d9-a9f6-439a-9e8d-f62e7b41a168"
}

data "azurerm_client_config" "current" {}

resource "azurerm_resource_group" "this" {
  name     = "rg-${var.name}-bootstrap-${var.environment}"
  location = var.location
  tags     = local.tags
}

module "state" {
  source = "../modules/storage"

  name                = "st${var.name}${local.short_environment}${var.suffix}state"
  location            = var.location
  resource_group_name = azurerm_resource_group.this.name
  tags                = local.tags
  replication         = "ZRS"
  containers          = ["tfstate"]
  soft_delete_days    = 90
  public_access       = { enabled = true, allowed_ip_ranges = var.allowed_ip_ranges }
}

# Holds the certificate of the gateway's listener, which must exist before the gateway does.
module "certificates" {
  source = "../modules/key-vault"

  name                       = "kv-${var.name}-${local.short_environment}-${var.suffix}"
  location                   = var.location
  resource_group_name        = azurerm_resource_group.this.name
  tags                       = local.tags
  tenant_id                  = data.azurerm_client_config.current.tenant_id
  purge_protection_enabled   = var.environment != "dev"
  soft_delete_retention_days = var.environment == "dev" ? 7 : 90
  public_access              = { enabled = true, allowed_ip_ranges = var.allowed_ip_ranges }
}

module "pipeline" {
  source = "../modules/identity"

  name                = "id-${var.name}-${var.environment}"
  location            = var.location
  resource_group_name = azurerm_resource_group.this.name
  tags                = local.tags
  identities          = ["pipeline"]
  federated_credentials = {
    "service-connection" = merge({ identity = "pipeline" }, var.pipeline)
  }
  role_assignments = {
    "pipeline-state" = {
      principal = "pipeline"
      role      = "Storage Blob Data Contributor"
      scope_id  = module.state.id
      scope     = "storage account of the state"
      reason    = "Read, write and lock Terraform's state."
    }
    "administrators-state" = {
      principal      = "administrators (group)"
      principal_id   = var.administrators_object_id
      principal_type = "Group"
      role           = "Storage Blob Data Contributor"
      scope_id       = module.state.id
      scope          = "storage account of the state"
      reason         = "Run Terraform by hand when the pipeline cannot."
    }
    "administrators-certificate" = {
      principal      = "administrators (group)"
      principal_id   = var.administrators_object_id
      principal_type = "Group"
      role           = "Key Vault Certificates Officer"
      scope_id       = module.certificates.id
      scope          = "key vault of the gateway's certificate"
      reason         = "Import and renew the listener's certificate."
    }
  }
}

# Terraform creates resources and grants the workloads their roles: the two rights that no workload gets.
resource "azurerm_role_assignment" "pipeline_contributor" {
  scope                            = "/subscriptions/${var.subscription_id}"
  role_definition_name             = "Contributor"
  principal_id                     = module.pipeline.identities["pipeline"].principal_id
  principal_type                   = "ServicePrincipal"
  skip_service_principal_aad_check = true
  description                      = "Create and change the environment's resources."
}

resource "azurerm_role_assignment" "pipeline_grants" {
  scope                            = "/subscriptions/${var.subscription_id}"
  role_definition_name             = "Role Based Access Control Administrator"
  principal_id                     = module.pipeline.identities["pipeline"].principal_id
  principal_type                   = "ServicePrincipal"
  skip_service_principal_aad_check = true
  description                      = "Grant the workloads their roles, except any role that grants roles."
  condition_version                = "2.0"
  condition = join(" AND ", [
    "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAllValues:GuidNotEquals {${local.never_granted}}))",
    "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAllValues:GuidNotEquals {${local.never_granted}}))",
  ])
}

# Contributor may not touch locks, and the built-in roles that may could grant themselves anything. Setting a lock is all
# that Terraform needs: a lock that stands is taken away by a person.
resource "azurerm_role_definition" "lock_setter" {
  name        = "${var.name}-${local.short_environment}-${var.suffix} lock setter"
  scope       = "/subscriptions/${var.subscription_id}"
  description = "Read and set management locks, not delete them."

  permissions {
    actions = ["Microsoft.Authorization/locks/read", "Microsoft.Authorization/locks/write"]
  }
}

resource "azurerm_role_assignment" "pipeline_locks" {
  scope                            = "/subscriptions/${var.subscription_id}"
  role_definition_id               = azurerm_role_definition.lock_setter.role_definition_resource_id
  principal_id                     = module.pipeline.identities["pipeline"].principal_id
  principal_type                   = "ServicePrincipal"
  skip_service_principal_aad_check = true
  description                      = "Lock the stores of prod against deletion; not unlock them."
}
