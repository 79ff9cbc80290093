output "backend" {
  description = "Contents of env/<environment>.backend.hcl."
  value = {
    resource_group_name  = azurerm_resource_group.this.name
    storage_account_name = module.state.name
    container_name       = "tfstate"
    key                  = "${var.environment}.tfstate"
  }
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

output "access" {
  description = "Who may do what; rendered into docs/operations/access.md."
  value = concat(module.pipeline.access, [
    { principal = "pipeline", role = "Contributor", scope = "subscription", reason = azurerm_role_assignment.pipeline_contributor.description },
    { principal = "pipeline", role = "Role Based Access Control Administrator (conditioned)", scope = "subscription", reason = azurerm_role_assignment.pipeline_grants.description },
    { principal = "pipeline", role = "lock setter (made here)", scope = "subscription", reason = azurerm_role_assignment.pipeline_locks.description },
  ])
}
