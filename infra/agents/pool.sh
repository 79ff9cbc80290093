#!/usr/bin/env bash
# Makes an environment's pool of pipeline agents: Managed DevOps Pools in the subnet that Terraform made for them.
# usage: pool.sh <environment of Terraform> <pool as in environments.yaml> <organisation's URL>
# e.g. pool.sh prod eshop-production https://dev.azure.com/your-organisation
# Run it in infra/terraform after the first apply, once; a second run changes what differs. Needs the Azure CLI, jq, Terraform
# initialised for the environment, Owner on the subscription, and in Azure DevOps the right to administer agent pools.
# The pool lies in bootstrap's resource group: `terraform destroy` could not remove a group with something in it that it did
# not make. Delete the pool before you destroy the network.
set -euo pipefail

usage="usage: pool.sh <environment> <pool> <organisation's URL>"
environment=${1:?$usage} pool=${2:?$usage} organisation=${3:?$usage}
group="rg-eshop-bootstrap-$environment"
subnet=$(terraform output -json agents | jq -r .subnet_id)
location=$(az group show --name "$group" --query location --output tsv)

for provider in Microsoft.DevCenter Microsoft.DevOpsInfrastructure; do
  az provider register --namespace "$provider" --wait
done

# The service that puts the agents into the subnet.
service=$(az ad sp list --display-name DevOpsInfrastructure --query '[0].id' --output tsv)
for role in Reader "Network Contributor"; do
  az role assignment create --role "$role" --scope "${subnet%/subnets/*}" --output none \
    --assignee-object-id "$service" --assignee-principal-type ServicePrincipal
done

az extension add --upgrade --name devcenter --only-show-errors
az extension add --upgrade --name mdp --only-show-errors
center=$(az devcenter admin devcenter create --name "dc-eshop-$environment" --resource-group "$group" \
  --location "$location" --query id --output tsv)
project=$(az devcenter admin project create --name "dcp-eshop-$environment" --resource-group "$group" \
  --location "$location" --dev-center-id "$center" --query id --output tsv)
az mdp pool create --name "$pool" --resource-group "$group" --location "$location" --output none \
  --devcenter-project-id "$project" --maximum-concurrency 2 --agent-profile '{"Stateless": {}}' \
  --fabric-profile "$(jq -nc --arg subnet "$subnet" '{vmss: {
      sku: {name: "Standard_D2as_v5"},
      images: [{wellKnownImageName: "ubuntu-24.04/latest", aliases: ["ubuntu-24.04"], buffer: "*"}],
      osProfile: {logonType: "Service", secretsManagementSettings: {observedCertificates: [], keyExportable: false}},
      storageProfile: {osDiskStorageAccountType: "Standard", dataDisks: []},
      networkProfile: {subnetId: $subnet}}}')" \
  --organization-profile "$(jq -nc --arg url "$organisation" '{"azure-dev-ops": {
      organizations: [{url: $url, projects: [], parallelism: 2}],
      permissionProfile: {kind: "CreatorOnly"}}}')"

echo "$pool is there. Its agents call the internet from $(terraform output -json agents | jq -r .address)"
