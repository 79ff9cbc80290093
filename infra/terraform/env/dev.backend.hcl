# Made by infra/terraform/bootstrap: its output `backend`.
resource_group_name  = "rg-eshop-bootstrap-dev"
storage_account_name = "steshopdeva1b2state" # yours
container_name       = "tfstate"
key                  = "dev.tfstate"
