output "public_address" {
  description = "Address for the DNS record of the gateway's host name."
  value       = module.gateway.public_address
}

output "agents" {
  description = "For the pipelines' pool: the subnet to inject it into, and the address that its agents call the internet from."
  value       = { subnet_id = module.network.subnet_ids["agents"], address = module.network.agents_address }
}

output "access" {
  description = "Who may do what; rendered into docs/operations/access.md."
  value       = concat(module.identity.access, module.gateway.access, flatten([for cluster in module.aks : cluster.access]))
}

output "app_settings" {
  description = "Settings without secrets; with hosting = \"aks\" they go into the chart's values."
  value       = { for app, settings in local.app_settings : app => merge(settings, { AzureWebJobsStorage__accountName = module.host_storage[app].name }) }
}

output "required_secrets" {
  description = "Secrets to set in each app's vault before the app can start: name by setting."
  value = {
    for app in local.apps : app => {
      vault   = module.key_vault[app].uri
      secrets = { for setting in local.secret_settings[app] : setting => lower(replace(setting, "_", "-")) }
    }
  }
}

output "storefront_traces" {
  description = "For `traces` in infra/storefront/<environment>.json: where the console's link to a trace leads, a query in Application Insights."
  value = join("/", [
    "https://portal.azure.com/#blade/Microsoft_Azure_Monitoring_Logs/LogsBlade",
    "resourceId", urlencode(module.monitoring.application_insights_id),
    "source/LogsBlade.AnalyticsShareLinkToQuery",
    "query", replace(replace(urlencode("union requests, dependencies, traces, exceptions | where operation_Id == \"TRACE\" | order by timestamp asc"), "+", "%20"), "TRACE", "{traceId}"),
    "timespan/P30D",
  ])
}

output "platform_vault" {
  description = "Vault for the addresses that Flux, Flagger and Alertmanager send alerts to: secrets teams-webhook, slack-webhook and pager-routing-key (hosting = \"aks\")."
  value       = local.aks ? module.key_vault["platform"].uri : null
}

output "cluster" {
  description = "What Flux hands to the manifests in infra/gitops (hosting = \"aks\")."
  value       = local.aks ? local.cluster_variables : null
}
