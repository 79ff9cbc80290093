locals {
  services   = { for service in var.gateway.services : service.name => merge(service, { path = trimprefix(service.prefix, "/") }) }
  methods    = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
  operations = { for operation in var.operations : "${operation.service}/${operation.id}" => operation }

  # Terraform evaluates for_each and what is referred to anew for each instance: with hundreds of them, only keys and a map.
  operation_keys = toset(keys(local.operations))
  operation_ids  = { for key, operation in azurerm_api_management_api_operation.this : key => operation.operation_id }

  # Whoever may call without a role may be a customer, or staff or a service with a token of their own issuer.
  issuers = distinct(concat([{
    issuer            = var.identity_provider.issuer
    openid_config_url = var.identity_provider.openid_config_url
    audience          = var.identity_provider.audience
    }], var.identity_provider.staff == null ? [] : [{
    issuer            = "https://login.microsoftonline.com/${var.identity_provider.staff.tenant_id}/v2.0"
    openid_config_url = "https://login.microsoftonline.com/${var.identity_provider.staff.tenant_id}/v2.0/.well-known/openid-configuration"
    audience          = var.identity_provider.staff.audience
  }]))

  # When a token is asked for, as a condition in C#; null is always. The global policy sets the variables.
  has_token = "context.Request.Headers.ContainsKey(&quot;Authorization&quot;)"
  is_guest  = "(bool)context.Variables[&quot;namesGuest&quot;]"
  asks_for_token = {
    token                     = null
    open                      = local.has_token
    "token-or-guest"          = "${local.has_token} || !(${local.is_guest})"
    "token-or-guest-or-order" = "${local.has_token} || !(${local.is_guest} || context.Request.Headers.ContainsKey(&quot;X-Order-Token&quot;))"
  }

  # Policies that answer a problem: what is always the same of it, and the fragment that adds the rest.
  problem = {
    for name, problem in var.problems :
    name => "<set-variable name=\"problem\" value=\"${replace(jsonencode(merge(problem, { type = "urn:eshop:problem:${problem.code}" })), "\"", "&quot;")}\" /><include-fragment fragment-id=\"problem\" />"
  }
  problem_kinds = [
    { condition = "(int)context.Variables[&quot;problemStatus&quot;] == 401", headers = { "WWW-Authenticate" = "Bearer realm=\"eshop\"" } },
    { condition = "(int)context.Variables[&quot;problemStatus&quot;] == 429", headers = { "Retry-After" = "@(context.Variables.GetValueOrDefault&lt;int&gt;(\"retryAfter\", 1).ToString())" } },
    { condition = "(int)context.Variables[&quot;problemStatus&quot;] == 503", headers = { "Retry-After" = "1" } },
    { condition = null, headers = {} },
  ]

  apim_name = "apim-${var.name}"
  apim_host = "${local.apim_name}.azure-api.net"

  access = [{
    principal = "application-gateway"
    role      = "Key Vault Secrets User"
    scope     = "key vault of the gateway's certificate"
    reason    = "Read the certificate of the listener."
  }]
}
