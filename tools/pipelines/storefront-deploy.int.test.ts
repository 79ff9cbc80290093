// infra/storefront/deploy.sh, run for real but for az and the prerenderer: what is put where, and in which order.
import { execFileSync } from "node:child_process"
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { repositoryRoot } from "@eshop/local-cloud/settings"
import { afterEach, beforeEach, expect, it } from "vitest"

let root: string

/** Notes its arguments; fills the folder that a download goes into. */
const az = `#!/usr/bin/env bash
echo "$*" >>"$LOG"
[ -z "\${FAIL_AT:-}" ] || [[ "$*" != *"$FAIL_AT"* ]] || exit 1
if [[ "$*" == *"download-batch"*"release/*"* ]]; then
  mkdir -p "\${@: -5:1}" && for word in "$@"; do [ "$last" != --destination ] || to=$word; last=$word; done
  mkdir -p "$to/release/pages" "$to/release/prerender" && touch "$to/release/pages/index.html"
fi
`
const prerenderer = `#!/usr/bin/env bash
echo "prerender $*" | sed "s|$REPOSITORY/||" >>"$LOG"
while [ $# -gt 0 ]; do case $1 in --out) out=$2 ;; --state) state=$2 ;; esac; shift; done
mkdir -p "$out/products" && touch "$out/products/lamp.html" "$out/sitemap.xml" "$out/robots.txt" "$state/products.ndjson"
echo /products/gone >"$state/removed.txt"
`

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "deploy-"))
  for (const folder of ["bin", "infra/gateway", "infra/storefront", "build/pages/assets", "build/prerender"])
    mkdirSync(join(root, folder), { recursive: true })
  for (const file of [
    "infra/storefront/deploy.sh",
    "infra/storefront/dev.json",
    "infra/gateway/storefront.json",
  ])
    cpSync(join(repositoryRoot, file), join(root, file))
  for (const [name, text] of Object.entries({ az, node: prerenderer })) {
    writeFileSync(join(root, "bin", name), text)
    chmodSync(join(root, "bin", name), 0o755)
  }
  for (const file of ["index.html", "staff.html", "icon.svg", "assets/index-a.js"])
    writeFileSync(join(root, "build/pages", file), file)
})
afterEach(() => rmSync(root, { recursive: true }))

/** Runs the script. @returns what it asked for, without what differs from run to run */
function deploy(args: readonly string[], env: Record<string, string> = {}): string[] {
  const log = join(root, "log")
  const environment = {
    ...process.env,
    ...env,
    LOG: log,
    REPOSITORY: root,
    PATH: `${join(root, "bin")}:${process.env.PATH}`,
  }
  let failed = false
  try {
    execFileSync(join(root, "infra/storefront/deploy.sh"), args, { env: environment, stdio: "pipe" })
  } catch {
    failed = true
  }
  const lines = readFileSync(log, "utf8").trimEnd().split("\n")
  rmSync(log)
  const said = lines.map((line) =>
    line
      .replaceAll(root, "")
      .replaceAll(/\/tmp\/tmp\.\w+/g, "WORK")
      .replaceAll(/ --(account-name|auth-mode) \S+| --only-show-errors| --output none/g, "")
      .replace(/unmodified-since \S+/, "unmodified-since THEN"),
  )
  return failed ? [...said, "failed"] : said
}

const release = () => [
  ...["release", join(root, "build"), join(root, "infra/storefront/dev.json")],
  "stpages",
  "https://shop.example",
]
const web = (source: string, pattern: string, cache: string, rest: string) =>
  `storage blob upload-batch --source ${source} --pattern ${pattern} --destination $web --overwrite --content-cache-control ${cache} ${rest}`
const html = "--content-type text/html; charset=utf-8"
const prerendered = [
  web("WORK/pages", "*.html", "no-cache", html),
  web("WORK/pages", "*.xml", "no-cache", "--content-type application/xml"),
  web("WORK/pages", "*.txt", "no-cache", "--content-type text/plain; charset=utf-8"),
]
const afterwards = [
  "storage blob delete --container-name $web --name products/gone.html",
  "storage blob upload-batch --source WORK/state --pattern *.ndjson --destination prerender --overwrite",
]
const writes = "prerender storefront/prerender/main.ts --build"
const arguments_ =
  "--gateway https://shop.example --site https://shop.example --out WORK/pages --state WORK/state"

it("puts scripts first, pages after them, the shop's own page last, and removes what is gone", () => {
  expect(deploy(release())).toEqual([
    "storage blob service-properties update --static-website true --index-document index.html --404-document index.html",
    web("/build/pages/assets", "*", "public, max-age=31536000, immutable", "--destination-path assets"),
    "storage blob download-batch --source prerender --pattern *.ndjson --destination WORK/state",
    `${writes} /build ${arguments_}`,
    ...prerendered,
    web("WORK/shell", "*.json", "no-cache", "--content-type application/json"),
    web("WORK/shell", "*.svg", "no-cache", "--content-type image/svg+xml"),
    web("WORK/shell", "*.html", "no-cache", html),
    ...afterwards,
    "storage blob upload-batch --source WORK/kept --destination prerender --destination-path release --overwrite",
    "storage blob delete-batch --source $web --pattern assets/* --if-unmodified-since THEN",
  ])
})

it("brings the pages of the release that is there up to date, and touches nothing else", () => {
  expect(deploy(["pages", "stpages", "https://shop.example"])).toEqual([
    "storage blob download-batch --source prerender --pattern release/* --destination WORK",
    "storage blob download-batch --source prerender --pattern *.ndjson --destination WORK/state",
    `${writes} WORK/release ${arguments_}`,
    ...prerendered,
    ...afterwards,
  ])
})

it("remembers nothing of pages that did not get there", () => {
  const said = deploy(release(), { FAIL_AT: "--pattern *.xml" })
  expect(said.at(-1)).toBe("failed")
  expect(said.filter((line) => line.includes("--destination prerender"))).toEqual([])
})
