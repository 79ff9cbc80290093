#!/usr/bin/env bash
# Registers the shop's API and its storefront in Entra ID (entra.json), and grants the apps' managed identities their roles.
# usage: register.sh <system>-<environment> <storefront's URL> [staff|customers]
#   e.g. register.sh eshop-dev https://shop.example
# staff (unless it says otherwise): the tenant of the managed identities, where people and apps get roles. Run it before
# the first apply, for what it prints, and once more after, for the grants.
# customers: an External ID tenant, which knows no roles (az login --tenant <id> --allow-no-subscriptions).
# It changes what differs and leaves the rest. Needs the Azure CLI, jq, and a login as Privileged Role Administrator.
set -euo pipefail

usage='usage: register.sh <system>-<environment> <storefront URL> [staff|customers]'
name=${1:?$usage}
storefront_url=${2:?$usage}
directory=${3:-staff}
case $directory in staff | customers) ;; *) echo "$usage" >&2 && exit 2 ;; esac
wanted="$(dirname "$0")/entra.json"
graph=https://graph.microsoft.com/v1.0
# Microsoft Graph itself, and its delegated permissions openid, offline_access and profile.
graph_app=00000003-0000-0000-c000-000000000000
graph_scopes='["37f7f235-527c-4136-accd-4a02d197296e","7427e0e9-2fba-42fe-b0c0-848c9e6a8182","14dad69e-099b-42c9-810b-d002981feec1"]'

# The application of that name, made where it is missing.
application() {
  local found
  found=$(az ad app list --filter "displayName eq '$1'" --output json | jq -c '.[0] // empty')
  [ -n "$found" ] || found=$(az ad app create --display-name "$1" --sign-in-audience AzureADMyOrg --output json)
  echo "$found"
}
# The id of an application's service principal, made where it is missing.
principal() {
  local found
  found=$(az ad sp list --filter "appId eq '$1'" --output json | jq -r '.[0].id // empty')
  [ -n "$found" ] || found=$(az ad sp create --id "$1" --output json | jq -r .id)
  echo "$found"
}
change() { az rest --method patch --url "$graph/applications/$1" --output none --body "$2"; }
# Consents for everybody: customers of an External ID tenant cannot do so themselves.
consent() {
  local client=$1 resource=$2 scope=$3
  az rest --method get --url "$graph/oauth2PermissionGrants?\$filter=clientId eq '$client'" --output json |
    jq -e --arg resource "$resource" 'any(.value[]; .resourceId == $resource)' >/dev/null && return
  az rest --method post --url "$graph/oauth2PermissionGrants" --output none --body "$(jq -nc \
    --arg client "$client" --arg resource "$resource" --arg scope "$scope" \
    '{clientId: $client, consentType: "AllPrincipals", resourceId: $resource, scope: $scope}')"
}

api=$(application "$name")
api_id=$(jq -r .appId <<<"$api")
client=$(application "$name-storefront")
client_id=$(jq -r .appId <<<"$client")

# Version 2 tokens carry the client id as audience and <tenant>/v2.0 as issuer; what Entra makes by itself is version 1.
roles='.appRoles'
[ "$directory" = staff ] || roles='[]'
settings="$(jq -c --arg uri "api://$api_id" \
  "{identifierUris: [\$uri], appRoles: $roles, optionalClaims, api: {requestedAccessTokenVersion: 2, oauth2PermissionScopes: [.scope]}}" "$wanted")"
change "$(jq -r .id <<<"$api")" "$settings"

change "$(jq -r .id <<<"$client")" "$(jq -c --arg url "${storefront_url%/}" --arg api "$api_id" --arg graph "$graph_app" \
  --argjson scopes "$graph_scopes" '{
    spa: {redirectUris: [.storefront.redirectPaths[] | $url + .]},
    requiredResourceAccess: [
      {resourceAppId: $api, resourceAccess: [{id: .scope.id, type: "Scope"}]},
      {resourceAppId: $graph, resourceAccess: [$scopes[] | {id: ., type: "Scope"}]}
    ]
  }' "$wanted")"

# Once the scope is there: the storefront is the shop's own and asks nobody for consent.
change "$(jq -r .id <<<"$api")" "$(jq -c --arg client "$client_id" --argjson settings "$settings" \
  '$settings | .api.preAuthorizedApplications = [{appId: $client, delegatedPermissionIds: [.api.oauth2PermissionScopes[].id]}]' "$wanted")"

api_principal=$(principal "$api_id")
client_principal=$(principal "$client_id")
consent "$client_principal" "$api_principal" "$(jq -r .scope.value "$wanted")"
consent "$client_principal" "$(principal "$graph_app")" "openid offline_access profile"

if [ "$directory" = staff ]; then
  granted=$(az rest --method get --url "$graph/servicePrincipals/$api_principal/appRoleAssignedTo?\$top=999" --output json)
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
      az rest --method post --url "$graph/servicePrincipals/$api_principal/appRoleAssignedTo" --output none --body "$(jq -nc \
        --arg principal "$identity_principal" --arg resource "$api_principal" --arg role "$role_id" \
        '{principalId: $principal, resourceId: $resource, appRoleId: $role}')"
      echo "$identity may $role" >&2
    done
  done
fi

echo "audience = \"$api_id\""
echo "storefront's client id = \"$client_id\""
