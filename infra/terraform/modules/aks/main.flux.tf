# Without a version: Azure installs the newest and keeps it up to date, and only the three newest are supported. A version
# here would replace the extension at each upgrade, and with it go the objects that Flux made.
resource "azurerm_kubernetes_cluster_extension" "flux" {
  name           = "flux"
  cluster_id     = azurerm_kubernetes_cluster.this.id
  extension_type = "microsoft.flux"

  # Of itself the extension has every controller but those for images, and nobody but the pipelines writes a tag.
  configuration_settings = {
    "multiTenancy.enforce" = "false"
    # Flux's own controllers log in to git and registry; without these they have no identity to do so.
    "workloadIdentity.enable"        = "true"
    "workloadIdentity.azureClientId" = var.flux.client_id
    "workloadIdentity.azureTenantId" = var.tenant_id
  }

  lifecycle {
    postcondition {
      condition     = try(tonumber(format("%d%03d", slice(split(".", self.current_version), 0, 2)...)) >= 1023, true)
      error_message = "Flux extension ${self.current_version}: infra/gitops needs 1.23.0 or later (Flux 2.7: a changed ConfigMap counts at once)."
    }
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
    provider                 = "Azure"
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
    # The pieces below wait for each other; were this one to wait for them, the apply would wait for secrets and images
    # that can only be brought after it.
    wait = false

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
