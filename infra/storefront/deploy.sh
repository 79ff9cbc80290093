#!/usr/bin/env bash
# Puts the storefront's pages into an environment's storage, in an order in which nobody meets a page whose scripts are not
# there: scripts and styles first, then the prerendered pages, then the shop's and the staff's own. Run again it goes on
# where it was. Needs az, logged in with Storage Blob Data Contributor on the account, and Node.
# usage: deploy.sh release <build> <configuration> <account> <url>   a build: folder with pages/ and prerender/
#        deploy.sh pages <account> <url>                             prerendered pages anew, of the release that is there
set -euo pipefail
usage='usage: deploy.sh release <build> <configuration> <account> <url> | deploy.sh pages <account> <url>'
mode=${1:?$usage}
case $mode in
  release) build=${2:?$usage} configuration=${3:?$usage} account=${4:?$usage} url=${5:?$usage} ;;
  pages) account=${2:?$usage} url=${3:?$usage} ;;
  *) echo "$usage" >&2 && exit 2 ;;
esac
repository=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/pages" "$work/state"

immutable=$(jq -r .cacheControl.assets "$repository/infra/gateway/storefront.json")
revalidated=$(jq -r .cacheControl.others "$repository/infra/gateway/storefront.json")
# Scripts of a release that is gone are kept so long, for tabs that are still open.
kept_days=30

blob() { az storage blob "$@" --account-name "$account" --auth-mode login --only-show-errors --output none; }
upload() { # <folder> <pattern> <cache control> [<argument> …]: files that fit, into the website
  local folder=$1 pattern=$2 cache=$3
  shift 3
  blob upload-batch --source "$folder" --pattern "$pattern" --destination '$web' --overwrite --content-cache-control "$cache" "$@"
}

if [ "$mode" = release ]; then
  # Only the data plane can; what is on already stays on.
  az storage blob service-properties update --account-name "$account" --auth-mode login --output none \
    --static-website true --index-document index.html --404-document index.html
  upload "$build/pages/assets" '*' "$immutable" --destination-path assets
else
  build=$work/release
  mkdir "$build"
  blob download-batch --source prerender --pattern 'release/*' --destination "$work"
fi

blob download-batch --source prerender --pattern '*.ndjson' --destination "$work/state"
node "$repository/storefront/prerender/main.ts" --build "$build" --gateway "$url" --site "$url" --out "$work/pages" --state "$work/state"
upload "$work/pages" '*.html' "$revalidated" --content-type 'text/html; charset=utf-8'
upload "$work/pages" '*.xml' "$revalidated" --content-type application/xml
upload "$work/pages" '*.txt' "$revalidated" --content-type 'text/plain; charset=utf-8'

if [ "$mode" = release ]; then
  mkdir "$work/shell"
  cp "$build"/pages/*.* "$work/shell"
  cp "$configuration" "$work/shell/storefront.json"
  upload "$work/shell" '*.json' "$revalidated" --content-type application/json
  upload "$work/shell" '*.svg' "$revalidated" --content-type image/svg+xml
  upload "$work/shell" '*.html' "$revalidated" --content-type 'text/html; charset=utf-8'
fi

while read -r address; do
  blob delete --container-name '$web' --name "${address#/}.html" || echo "$address was not there"
done <"$work/state/removed.txt"
# Last of all: whoever dies before does all of this again.
blob upload-batch --source "$work/state" --pattern '*.ndjson' --destination prerender --overwrite

if [ "$mode" = release ]; then
  mkdir -p "$work/kept/pages"
  cp "$build/pages/index.html" "$work/kept/pages"
  cp -R "$build/prerender" "$work/kept"
  blob upload-batch --source "$work/kept" --destination prerender --destination-path release --overwrite
  # What this release has was uploaded just now, so it is younger.
  before=$(date -u -d "$kept_days days ago" +%Y-%m-%dT%H:%M:%SZ)
  blob delete-batch --source '$web' --pattern 'assets/*' --if-unmodified-since "$before"
fi
