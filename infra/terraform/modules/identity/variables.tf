variable "name" {
  description = "Name of the resource, unique where Azure asks for it."
  type        = string
  nullable    = false
}

variable "location" {
  description = "Azure region, e.g. westeurope."
  type        = string
  nullable    = false
}

variable "resource_group_name" {
  description = "Resource group that holds the resource."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  nullable    = false
}

variable "identities" {
  description = "Names of the user-assigned identities to create; each is named <name>-<key>."
  type        = set(string)
  nullable    = false
}

variable "federated_credentials" {
  description = "Tokens of other issuers that an identity accepts instead of a secret."
  type = map(object({
    identity = string
    issuer   = string
    subject  = string
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for credential in var.federated_credentials : contains(var.identities, credential.identity)])
    error_message = "A federated credential belongs to one of identities."
  }
}

variable "role_assignments" {
  description = <<-EOT
    Who may do what in Azure's resource manager and in the data planes that use its roles.
    - `principal` an identity created here, or the display name of `principal_id`
    - `principal_id` and `principal_type` for a principal from elsewhere
    - `role` a built-in role's name
    - `scope_id`, `scope` the resource and its name in the table
    - `reason` why it is needed
  EOT
  type = map(object({
    principal      = string
    principal_id   = optional(string)
    principal_type = optional(string, "ServicePrincipal")
    role           = string
    scope_id       = string
    scope          = string
    reason         = string
  }))
  nullable = false

  validation {
    condition     = alltrue([for assignment in var.role_assignments : !contains(["Owner", "Contributor", "User Access Administrator", "Role Based Access Control Administrator"], assignment.role)])
    error_message = "Owner, Contributor and the roles that grant roles are never given to a workload."
  }
}

variable "cosmos_data" {
  description = "Identities that read and write a Cosmos DB database, by name."
  type = map(object({
    principal           = string
    account_name        = string
    resource_group_name = string
    account_id          = string
    scope_id            = string
    scope               = string
    reason              = string
  }))
  default  = {}
  nullable = false
}

variable "redis_data" {
  description = "Identities that log in to Managed Redis, by name."
  type = map(object({
    principal = string
    redis_id  = string
    scope     = string
    reason    = string
  }))
  default  = {}
  nullable = false
}
