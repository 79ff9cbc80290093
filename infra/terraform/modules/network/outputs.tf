output "id" {
  description = "Id of the virtual network."
  value       = azurerm_virtual_network.this.id
}

output "subnet_ids" {
  description = "Subnet ids by name: gateway, apim, functions, endpoints, aks, agents. Ready once their security group is attached."
  value       = { for name, association in azurerm_subnet_network_security_group_association.this : name => association.subnet_id }
}

output "prefixes" {
  description = "Address range of each subnet."
  value       = local.prefixes
}

output "agents_address" {
  description = "Public address that the pipelines' agents call from."
  value       = azurerm_public_ip.agents.ip_address
}
