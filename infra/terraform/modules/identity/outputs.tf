output "identities" {
  description = "Id, client id and principal id of each identity."
  value = {
    for name, identity in azurerm_user_assigned_identity.this : name => {
      id           = identity.id
      client_id    = identity.client_id
      principal_id = identity.principal_id
      name         = identity.name
    }
  }
}

output "access" {
  description = "Who may do what, as rows of the access table (docs/operations/access.md)."
  value = concat(
    [for assignment in values(var.role_assignments) : {
      principal = assignment.principal
      role      = assignment.role
      scope     = assignment.scope
      reason    = assignment.reason
    }],
    [for assignment in values(var.cosmos_data) : {
      principal = assignment.principal
      role      = "Cosmos DB Built-in Data Contributor"
      scope     = assignment.scope
      reason    = assignment.reason
    }],
    [for assignment in values(var.redis_data) : {
      principal = assignment.principal
      role      = "Managed Redis data access policy \"default\""
      scope     = assignment.scope
      reason    = assignment.reason
    }],
  )
}
