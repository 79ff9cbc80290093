output "workspace_id" {
  description = "Id of the Log Analytics workspace."
  value       = azurerm_log_analytics_workspace.this.id
}

output "application_insights_id" {
  description = "Id of Application Insights: the scope of Monitoring Metrics Publisher."
  value       = azurerm_application_insights.this.id
}

output "application_insights_connection_string" {
  description = "Where telemetry goes."
  value       = azurerm_application_insights.this.connection_string
  sensitive   = true
}
