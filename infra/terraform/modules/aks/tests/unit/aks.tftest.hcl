mock_provider "azurerm" {
  mock_resource "azurerm_monitor_data_collection_rule" {
    defaults = {
      id = "/subscriptions/x/resourceGroups/rg-test/providers/Microsoft.Insights/dataCollectionRules/dcr-test"
    }
  }
  mock_resource "azurerm_kubernetes_cluster_extension" {
    defaults = { current_version = "1.23.0" }
  }
  mock_resource "azurerm_kubernetes_cluster" {
    defaults = {
      id              = "/subscriptions/x/resourceGroups/rg-test/providers/Microsoft.ContainerService/managedClusters/aks-test"
      oidc_issuer_url = "https://issuer.example/"
    }
  }
}

variables {
  name                       = "aks-test"
  location                   = "westeurope"
  resource_group_name        = "rg-test"
  tags                       = { environment = "test" }
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  kubernetes_version         = "1.36"
  sku_tier                   = "Standard"
  subnet_id                  = "/subscriptions/x/subnet"
  pod_range                  = "192.168.0.0/16"
  zones                      = ["1", "2", "3"]
  system_pool                = { vm_size = "Standard_D2ds_v5", min_count = 3, max_count = 6 }
  node_pools                 = { apps = { vm_size = "Standard_D4ds_v5", min_count = 3, max_count = 12 } }
  admin_group_object_ids     = ["00000000-0000-0000-0000-00000000000a"]
  log_analytics_workspace_id = "/subscriptions/x/workspace"
  flux                       = { url = "https://dev.azure.com/your-organisation/eshop/_git/eshop", path = "infra/gitops/clusters/production", client_id = "00000000-0000-0000-0000-00000000000f" }
}

run "collects_container_logs" {
  command = plan

  assert {
    condition     = one(azurerm_monitor_data_collection_rule.containers.data_flow).streams == tolist(["Microsoft-ContainerLogV2", "Microsoft-KubeEvents"])
    error_message = "Output and events reach the workspace."
  }
  assert {
    condition     = azurerm_monitor_data_collection_rule_association.containers.name == "ContainerInsightsExtension"
    error_message = "Azure looks for the association under this name."
  }
}

run "needs_no_secret_to_log_in" {
  command = plan

  assert {
    condition     = azurerm_kubernetes_cluster.this.local_account_disabled && azurerm_kubernetes_cluster.this.workload_identity_enabled && azurerm_kubernetes_cluster.this.oidc_issuer_enabled && azurerm_kubernetes_cluster.this.azure_active_directory_role_based_access_control[0].azure_rbac_enabled
    error_message = "Entra for people, workload identity for pods."
  }
  assert {
    condition     = azurerm_kubernetes_cluster.this.private_cluster_enabled && length(azurerm_kubernetes_cluster.this.api_server_access_profile) == 0
    error_message = "The API server is private by default."
  }
}

run "follows_git" {
  command = plan

  assert {
    condition     = azurerm_kubernetes_cluster_extension.flux.extension_type == "microsoft.flux" && azurerm_kubernetes_flux_configuration.this.git_repository[0].reference_value == "main"
    error_message = "Flux follows the main branch."
  }
  assert {
    condition     = azurerm_kubernetes_cluster_extension.flux.configuration_settings["workloadIdentity.enable"] == "true" && azurerm_kubernetes_cluster_extension.flux.configuration_settings["workloadIdentity.azureClientId"] == var.flux.client_id
    error_message = "Flux logs in with the identity that it is given."
  }
  assert {
    condition     = azurerm_kubernetes_flux_configuration.this.git_repository[0].provider == "Azure"
    error_message = "Flux reads git with its identity, and no token."
  }
  assert {
    condition     = [for kustomization in azurerm_kubernetes_flux_configuration.this.kustomizations : kustomization.path] == ["infra/gitops/clusters/production"]
    error_message = "One entry point per cluster."
  }
  assert {
    condition     = [for kustomization in azurerm_kubernetes_flux_configuration.this.kustomizations : kustomization.wait] == [false]
    error_message = "The apply does not wait for secrets and images that come after it."
  }
}

run "spreads_its_pools_over_zones" {
  command = plan

  assert {
    condition     = azurerm_kubernetes_cluster.this.default_node_pool[0].zones == toset(["1", "2", "3"]) && azurerm_kubernetes_cluster_node_pool.this["apps"].zones == toset(["1", "2", "3"])
    error_message = "Every pool in every zone."
  }
}

run "refuses_a_public_api_server_for_everybody" {
  command = plan

  variables {
    private_cluster_enabled = false
  }

  expect_failures = [var.authorized_ip_ranges]
}

run "refuses_another_git_host" {
  command = plan

  variables {
    flux = { url = "https://github.com/your-organisation/eshop", path = "p", client_id = "x" }
  }

  expect_failures = [var.flux]
}

run "refuses_an_extension_without_flux_2_7" {
  override_resource {
    target = azurerm_kubernetes_cluster_extension.flux
    values = { current_version = "1.22.2" }
  }

  expect_failures = [azurerm_kubernetes_cluster_extension.flux]
}

run "refuses_a_credential_in_the_repository_url" {
  command = plan

  variables {
    flux = { url = "https://your-organisation@dev.azure.com/your-organisation/eshop/_git/eshop", path = "p", client_id = "x" }
  }

  expect_failures = [var.flux]
}

run "refuses_a_patch_version" {
  command = plan

  variables {
    kubernetes_version = "1.36.2"
  }

  expect_failures = [var.kubernetes_version]
}
