# Made by infra/terraform/bootstrap: its output `backend`.
resource_group_name  = "rg-eshop-bootstrap-staging"
storage_account_name = "steshopstga1b2state" # yours
container_name       = "tfstate"
key                  = "staging.tfstate"
