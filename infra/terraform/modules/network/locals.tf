locals {
  # New bits are counted from the network's own prefix, so that a /16 gives /24 subnets and /22 for the nodes.
  prefixes = zipmap(
    ["gateway", "apim", "functions", "endpoints", "aks", "agents"],
    cidrsubnets(var.address_space, 8, 8, 8, 8, 6, 8),
  )

  delegations = {
    functions = "Microsoft.App/environments"
    agents    = "Microsoft.DevOpsInfrastructure/pools"
  }

  # Zone that a private endpoint of each kind registers in (learn.microsoft.com, "Private endpoint DNS zone values").
  dns_zones = {
    blob             = "privatelink.blob.core.windows.net"
    queue            = "privatelink.queue.core.windows.net"
    table            = "privatelink.table.core.windows.net"
    web              = "privatelink.web.core.windows.net"
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

  # Ports that a private endpoint of each kind serves (tools/terraform/azure-facts.ts holds the plan against its own table).
  endpoint_ports = {
    blob             = ["443"]
    queue            = ["443"]
    table            = ["443"]
    web              = ["443"]
    vault            = ["443"]
    postgresqlServer = ["5432"]
    sqlServer        = ["1433"]
    Sql              = ["443"]
    redisEnterprise  = ["10000"]
    namespace        = ["443", "5671"]
    registry         = ["443"]
    sites            = ["443"]
  }
  open_ports = distinct(concat(["443"], [for subresource in local.used_zones : local.endpoint_ports[subresource]]...))

  # With overlay networking a packet between pods carries their own addresses, and the nodes' subnet judges it by them.
  cluster  = var.pod_range != null
  workload = local.cluster ? local.prefixes.aks : local.prefixes.functions

  # People and agents set secrets, deploy, push and run SQL; the queues and the cache are the workloads' own.
  operator_ports = setintersection(local.open_ports, ["443", "5432", "1433"])

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
      own-subnet    = { priority = 300, source = [local.prefixes.apim], protocol = "*", ports = ["*"] }
    }
    functions = {
      own-subnet = { priority = 300, source = [local.prefixes.functions], protocol = "*", ports = ["*"] }
    }
    endpoints = merge({
      workloads = { priority = 100, source = [local.workload], protocol = "Tcp", ports = local.open_ports }
      # The Application Gateway reads its certificate from Key Vault through an endpoint here, and API Management calls
      # the apps on Flex Consumption.
      gateways = { priority = 110, source = concat([local.prefixes.gateway], local.cluster ? [] : [local.prefixes.apim]), protocol = "Tcp", ports = ["443"] }
      # The pipelines push images and deploy.
      agents = { priority = 130, source = [local.prefixes.agents], protocol = "Tcp", ports = ["443"] }
      }, length(var.operator_ranges) == 0 ? {} : {
      operators = { priority = 120, source = sort(var.operator_ranges), protocol = "Tcp", ports = sort(local.operator_ports) }
    })
    aks = {
      for name, rule in {
        apim          = { priority = 100, source = [local.prefixes.apim], protocol = "Tcp", ports = ["443"] }
        load-balancer = { priority = 110, source = ["AzureLoadBalancer"], protocol = "*", ports = ["*"] }
        own-subnet    = { priority = 300, source = compact([local.prefixes.aks, var.pod_range]), protocol = "*", ports = ["*"] }
      } : name => rule if local.cluster
    }
    agents = {}
  }
  rules = merge([
    for subnet, rules in local.inbound : {
      for name, rule in rules : "${subnet}-${name}" => merge(rule, { subnet = subnet, name = "allow-${name}" })
    }
  ]...)
}
