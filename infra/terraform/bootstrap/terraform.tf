# Made once per environment, by a person, before anything else: the place for the state cannot keep its own state.
# Its own state stays local and holds no secret; keep it with the team's documents, or import again.
terraform {
  required_version = ">= 1.11, < 2.0"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "4.73.0"
    }
  }
}

provider "azurerm" {
  subscription_id     = var.subscription_id
  storage_use_azuread = true
  # By name: the provider's own sets are both too large and too small ("extended" lacks Microsoft.App).
  resource_provider_registrations = "none"
  resource_providers_to_register = [
    "Microsoft.KeyVault",
    "Microsoft.ManagedIdentity",
    "Microsoft.Storage",
  ]

  features {
    storage {
      # Or the provider waits for an answer of each account's own endpoints, which it cannot reach.
      data_plane_available = false
    }
  }
}
