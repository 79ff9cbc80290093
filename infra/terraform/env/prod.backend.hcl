# Made by infra/terraform/bootstrap: its output `backend`.
resource_group_name  = "rg-eshop-bootstrap-prod"
storage_account_name = "steshopprda1b2state" # yours
container_name       = "tfstate"
key                  = "prod.tfstate"
