resource "azurerm_kubernetes_cluster_extension" "flux" {
  name           = "flux"
  cluster_id     = azurerm_kubernetes_cluster.this.id
  extension_type = "microsoft.flux"

  # HelmReleases and image promotion need their controllers; the notification controller is part of the extension.
  configuration_settings = {
    "image-automation-controller.enabled" = "true"
    "image-reflector-controller.enabled"  = "true"
    "multiTenancy.enforce"                = "false"
  }

  depends_on = [azurerm_kubernetes_cluster_node_pool.this]
}

resource "azurerm_kubernetes_flux_configuration" "this" {
  name                              = "flux-system"
  cluster_id                        = azurerm_kubernetes_cluster.this.id
  namespace                         = "flux-system"
  scope                             = "cluster"
  continuous_reconciliation_enabled = true

  git_repository {
    url                      = var.flux.url
    reference_type           = "branch"
    reference_value          = var.flux.branch
    local_auth_reference     = var.flux.credential_secret
    sync_interval_in_seconds = 60
    timeout_in_seconds       = 300
  }

  # One entry point per cluster; everything else is declared in git (infra/gitops).
  kustomizations {
    name                       = "cluster"
    path                       = var.flux.path
    sync_interval_in_seconds   = 600
    retry_interval_in_seconds  = 120
    timeout_in_seconds         = 300
    garbage_collection_enabled = true
    wait                       = true

    # What the manifests need to know about this environment; they copy it into a ConfigMap (cluster-settings.yaml).
    dynamic "post_build" {
      for_each = length(var.flux.substitute) > 0 ? [var.flux.substitute] : []

      content {
        substitute = post_build.value
      }
    }
  }

  depends_on = [azurerm_kubernetes_cluster_extension.flux]
}
