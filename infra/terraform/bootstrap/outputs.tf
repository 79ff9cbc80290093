output "backend" {
  description = "Contents of env/<environment>.backend.hcl."
  value = {
    resource_group_name  = azurerm_resource_group.this.name
    storage_account_name = module.state.name
    container_name       = "tfstate"
    key                  = "${var.environment}.tfstate"
  }
}

output "state_storage_account_id" {
  description = "Value for state_storage_account_id."
  value       = module.state.id
}

output "certificate_vault" {
  description = "Values for gateway.certificate_key_vault_id and, with the certificate's name, gateway.certificate_secret_id."
  value = {
    id  = module.certificates.id
    uri = module.certificates.uri
  }
}

output "pipeline_client_id" {
  description = "Client id for the pipeline's service connection."
  value       = module.pipeline.identities["pipeline"].client_id
}

output "pipeline_principal_id" {
  description = "Object id for pipeline.principal_id of this environment and pipeline.next_principal_id of the one before it."
  value       = module.pipeline.identities["pipeline"].principal_id
}

output "access" {
  description = "Who may do what; rendered into docs/operations/access.md."
  value = concat(module.pipeline.access, [
    { principal = "pipeline", role = "Contributor", scope = "subscription", reason = azurerm_role_assignment.pipeline_contributor.description },
    { principal = "pipeline", role = "Role Based Access Control Administrator (conditioned)", scope = "subscription", reason = azurerm_role_assignment.pipeline_grants.description },
    { principal = "pipeline", role = "lock setter (made here)", scope = "subscription", reason = azurerm_role_assignment.pipeline_locks.description },
  ])
}
