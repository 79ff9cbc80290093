#!/usr/bin/env bash
# Registers the shop's API in Entra ID and grants the apps' managed identities its app roles (entra.json).
# usage: register.sh <system>-<environment>, e.g. register.sh eshop-dev
# Run it before the first apply, for the audience that it prints, and once more after, for the grants: it changes what
# differs and leaves the rest. Needs the Azure CLI, jq, and a login as Privileged Role Administrator.
set -euo pipefail

name=${1:?usage: register.sh <system>-<environment>}
wanted="$(dirname "$0")/entra.json"
graph=https://graph.microsoft.com/v1.0

app=$(az ad app list --filter "displayName eq '$name'" --output json | jq -c '.[0] // empty')
[ -n "$app" ] || app=$(az ad app create --display-name "$name" --sign-in-audience AzureADMyOrg --output json)
object_id=$(jq -r .id <<<"$app")
client_id=$(jq -r .appId <<<"$app")

# Version 2 tokens carry the client id as audience and <tenant>/v2.0 as issuer; what Entra makes by itself is version 1.
az rest --method patch --url "$graph/applications/$object_id" --output none --body "$(jq -c --arg uri "api://$client_id" \
  '{identifierUris: [$uri], appRoles, api: {requestedAccessTokenVersion: 2, oauth2PermissionScopes: [.scope]}}' "$wanted")"

principal=$(az ad sp list --filter "appId eq '$client_id'" --output json | jq -r '.[0].id // empty')
[ -n "$principal" ] || principal=$(az ad sp create --id "$client_id" --output json | jq -r .id)
granted=$(az rest --method get --url "$graph/servicePrincipals/$principal/appRoleAssignedTo?\$top=999" --output json)

for identity in $(jq -r '.grants | keys[]' "$wanted"); do
  identity_principal=$(az identity list --resource-group "rg-$name" --output json 2>/dev/null |
    jq -r --arg name "id-$name-$identity" '.[] | select(.name == $name) | .principalId' || true)
  if [ -z "$identity_principal" ]; then
    echo "id-$name-$identity is not there yet: run this again after the first apply" >&2
    continue
  fi
  for role in $(jq -r --arg app "$identity" '.grants[$app][]' "$wanted"); do
    role_id=$(jq -r --arg role "$role" '.appRoles[] | select(.value == $role) | .id' "$wanted")
    if jq -e --arg principal "$identity_principal" --arg role "$role_id" \
      'any(.value[]; .principalId == $principal and .appRoleId == $role)' <<<"$granted" >/dev/null; then
      continue
    fi
    az rest --method post --url "$graph/servicePrincipals/$principal/appRoleAssignedTo" --output none --body "$(jq -nc \
      --arg principal "$identity_principal" --arg resource "$principal" --arg role "$role_id" \
      '{principalId: $principal, resourceId: $resource, appRoleId: $role}')"
    echo "$identity may $role" >&2
  done
done

echo "identity_provider.audience = \"$client_id\""
