mock_provider "azurerm" {}

variables {
  name                = "id-test"
  location            = "westeurope"
  resource_group_name = "rg-test"
  tags                = { environment = "test" }
  identities          = ["basket"]
  role_assignments = {
    sends = { principal = "basket", role = "Azure Service Bus Data Sender", scope_id = "/subscriptions/x/topic", scope = "topic basket-events", reason = "Publish." }
    group = { principal = "administrators (group)", principal_id = "00000000-0000-0000-0000-00000000000a", principal_type = "Group", role = "Key Vault Secrets Officer", scope_id = "/subscriptions/x/kv", scope = "vault", reason = "Rotate." }
  }
}

run "exchanges_a_pods_token" {
  command = plan

  variables {
    federated_credentials = { pods = { identity = "basket", issuer = "https://issuer.example/", subject = "system:serviceaccount:eshop:basket" } }
  }

  assert {
    condition     = azurerm_federated_identity_credential.this["pods"].subject == "system:serviceaccount:eshop:basket" && azurerm_federated_identity_credential.this["pods"].audience == tolist(["api://AzureADTokenExchange"])
    error_message = "The token of this service account and of no other."
  }
}

run "lists_every_grant_in_the_table" {
  command = plan

  assert {
    condition     = length(output.access) == length(azurerm_role_assignment.this)
    error_message = "A role assignment without a row, or the other way round."
  }
  assert {
    condition     = azurerm_role_assignment.this["group"].principal_id == "00000000-0000-0000-0000-00000000000a" && azurerm_role_assignment.this["group"].principal_type == "Group"
    error_message = "A principal from elsewhere is used as it is given."
  }
}

run "refuses_contributor" {
  command = plan

  variables {
    role_assignments = { all = { principal = "basket", role = "Contributor", scope_id = "/subscriptions/x", scope = "everything", reason = "Because." } }
  }

  expect_failures = [var.role_assignments]
}

run "refuses_a_credential_for_a_stranger" {
  command = plan

  variables {
    federated_credentials = { pods = { identity = "catalog", issuer = "https://issuer.example/", subject = "s" } }
  }

  expect_failures = [var.federated_credentials]
}
