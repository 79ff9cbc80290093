mock_provider "azurerm" {
  mock_data "azurerm_client_config" {
    defaults = {
      tenant_id = "00000000-0000-0000-0000-00000000000b"
    }
  }
}

variables {
  subscription_id          = "00000000-0000-0000-0000-000000000001"
  environment              = "prod"
  suffix                   = "a1b2"
  location                 = "westeurope"
  owner                    = "team"
  cost_center              = "1"
  administrators_object_id = "00000000-0000-0000-0000-00000000000a"
  allowed_ip_ranges        = ["198.51.100.0/24"]
  pipeline                 = { issuer = "https://vstoken.dev.azure.com/x", subject = "sc://org/eshop/eshop-prod" }
}

run "says_where_the_state_goes" {
  command = plan

  assert {
    condition     = output.backend == { resource_group_name = "rg-eshop-bootstrap-prod", storage_account_name = "steshopprda1b2state", container_name = "tfstate", key = "prod.tfstate" }
    error_message = "The backend file is copied from this output."
  }
}

run "lets_the_pipeline_grant_no_right_to_grant" {
  command = plan

  assert {
    condition     = length(regexall("GuidNotEquals \\{8e3af657-a8ff-443c-a75c-2fe8c4bcb635, 18d7d88d-d35e-4fb5-a5c3-7773c20a72d9, f58310d9-a9f6-439a-9e8d-f62e7b41a168\\}", azurerm_role_assignment.pipeline_grants.condition)) == 2
    error_message = "Neither granting nor revoking Owner, User Access Administrator and Role Based Access Control Administrator."
  }
}

run "lets_the_pipeline_lock_but_not_unlock" {
  command = plan

  assert {
    condition     = one(azurerm_role_definition.lock_setter.permissions).actions == tolist(["Microsoft.Authorization/locks/read", "Microsoft.Authorization/locks/write"])
    error_message = "The pipeline sets prod's locks; taking one away is a person's decision."
  }
}

run "refuses_a_state_open_to_everybody" {
  command = plan

  variables {
    allowed_ip_ranges = ["0.0.0.0/0"]
  }

  expect_failures = [var.allowed_ip_ranges]
}
