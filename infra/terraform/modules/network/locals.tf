locals {
  # New bits are counted from the network's own prefix, so that a /16 gives /24 subnets and /22 for the nodes.
  prefixes = zipmap(
    ["gateway", "apim", "functions", "endpoints", "aks"],
    cidrsubnets(var.address_space, 8, 8, 8, 8, 6),
  )

  delegations = {
    functions = "Microsoft.App/environments"
  }

  # Zone that a private endpoint of each kind registers in (learn.microsoft.com, "Private endpoint DNS zone values").
  dns_zones = {
    blob             = "privatelink.blob.core.windows.net"
    queue            = "privatelink.queue.core.windows.net"
    table            = "privatelink.table.core.windows.net"
    vault            = "privatelink.vaultcore.azure.net"
    postgresqlServer = "privatelink.postgres.database.azure.com"
    sqlServer        = "privatelink.database.windows.net"
    Sql              = "privatelink.documents.azure.com"
    redisEnterprise  = "privatelink.redis.azure.net"
    namespace        = "privatelink.servicebus.windows.net"
    registry         = "privatelink.azurecr.io"
    sites            = "privatelink.azurewebsites.net"
  }
  used_zones = toset([for endpoint in var.private_endpoints : endpoint.subresource])

  own_subnet = { for name, prefix in local.prefixes : name => { priority = 300, source = [prefix], protocol = "*", ports = ["*"] } }

  # What may come in, per subnet. Everything else is refused by the last rule of each group.
  inbound = {
    gateway = {
      https           = { priority = 100, source = ["Internet"], protocol = "Tcp", ports = ["443"] }
      gateway-manager = { priority = 110, source = ["GatewayManager"], protocol = "Tcp", ports = ["65200-65535"] }
      load-balancer   = { priority = 120, source = ["AzureLoadBalancer"], protocol = "*", ports = ["*"] }
    }
    apim = {
      gateway       = { priority = 100, source = [local.prefixes.gateway], protocol = "Tcp", ports = ["443"] }
      management    = { priority = 110, source = ["ApiManagement"], protocol = "Tcp", ports = ["3443"] }
      load-balancer = { priority = 120, source = ["AzureLoadBalancer"], protocol = "Tcp", ports = ["6390"] }
      own-subnet    = local.own_subnet.apim
    }
    functions = {
      own-subnet = local.own_subnet.functions
    }
    endpoints = {
      # HTTPS, SQL Server, PostgreSQL, AMQP with and without the transport's own TLS upgrade, Managed Redis.
      workloads = {
        priority = 100
        source   = [local.prefixes.apim, local.prefixes.functions, local.prefixes.aks]
        protocol = "Tcp"
        ports    = ["443", "1433", "5432", "5671-5672", "10000"]
      }
      # The gateway reads its certificate from Key Vault through an endpoint here.
      gateway = { priority = 110, source = [local.prefixes.gateway], protocol = "Tcp", ports = ["443"] }
    }
    aks = {
      apim          = { priority = 100, source = [local.prefixes.apim], protocol = "Tcp", ports = ["443"] }
      load-balancer = { priority = 110, source = ["AzureLoadBalancer"], protocol = "*", ports = ["*"] }
      own-subnet    = local.own_subnet.aks
    }
  }
  rules = merge([
    for subnet, rules in local.inbound : {
      for name, rule in rules : "${subnet}-${name}" => merge(rule, { subnet = subnet, name = "allow-${name}" })
    }
  ]...)
}
