locals {
  services = { for service in var.routes.services : service.name => merge(service, { path = trimprefix(service.prefix, "/") }) }
  methods  = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]

  # HEAD is GET without the body: whoever may GET without a token may HEAD.
  operations = merge([
    for name, service in local.services : {
      for method in local.methods : "${name}-${lower(method)}" => {
        service   = name
        method    = method
        anonymous = contains(service.anonymous, method == "HEAD" ? "GET" : method)
      }
    }
  ]...)

  apim_name = "apim-${var.name}"
  apim_host = "${local.apim_name}.azure-api.net"

  access = [{
    principal = "application-gateway"
    role      = "Key Vault Secrets User"
    scope     = "key vault of the gateway's certificate"
    reason    = "Read the certificate of the listener."
  }]
}
