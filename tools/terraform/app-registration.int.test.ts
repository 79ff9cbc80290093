import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { serviceClients, staff } from "../../local/identity-provider/src/accounts.ts"
import { isRedirectUri, isSignedOutUri } from "../../local/identity-provider/src/storefront-client.ts"
import * as local from "../../local/identity-provider/src/tokens.ts"
import { DELEGATED_SCOPE } from "../../packages/building-blocks/src/identity/token-claims.ts"

const infra = join(import.meta.dirname, "../../infra")
const read = (path: string) => JSON.parse(readFileSync(join(infra, path), "utf8"))
const entra: {
  appRoles: { id: string; value: string; description: string; allowedMemberTypes: string[] }[]
  scope: { id: string; value: string }
  optionalClaims: object
  storefront: { redirectPaths: string[] }
  grants: Record<string, string[]>
} = read("identity/entra.json")
const routes: { access: string | { role: string } }[] = read("gateway/routes.json").routes
const asked = new Set(routes.flatMap(({ access }) => (typeof access === "string" ? [] : access.role)))

describe("what is registered in Entra", () => {
  test("has the app roles that the routes ask for", () => {
    expect(entra.appRoles.map(({ value }) => value)).toEqual([...asked].toSorted())
    expect(new Set(entra.appRoles.map(({ id }) => id)).size).toBe(asked.size)
  })

  test("is what docs/identity.md says", () => {
    const rows = entra.appRoles.map(({ value, description, allowedMemberTypes }) => {
      const apps = Object.keys(entra.grants).filter((app) => entra.grants[app]?.includes(value))
      const isForPeople = allowedMemberTypes.includes("User")
      const account = isForPeople ? `\`${value.replace(".", "-")}\`` : ""
      return ["", `\`${value}\``, description, isForPeople ? "yes" : "", apps.join(", "), account, ""]
    })
    const written = readFileSync(join(infra, "../docs/identity.md"), "utf8")
      .split("\n")
      .filter((line) => /^\| `[\w.]+` \|.*\|.*\|.*\|.*\|$/.test(line))
      .map((line) => line.split("|").map((cell) => cell.trim()))
    expect(written).toEqual(rows)
  })

  test("gives people the roles that the local accounts of staff have", () => {
    const forPeople = entra.appRoles
      .filter(({ allowedMemberTypes }) => allowedMemberTypes.includes("User"))
      .map(({ value }) => value)
    expect(staff.filter(({ roles }) => roles.length === 1).flatMap(({ roles }) => roles)).toEqual(forPeople)
    expect(staff.find(({ name }) => name === "administrator")?.roles).toEqual(forPeople)
  })

  test("asks for the scope that the apps and the local identity provider know, and sends the storefront where it is", () => {
    expect([entra.scope.value, local.DELEGATED_SCOPE]).toEqual([DELEGATED_SCOPE, DELEGATED_SCOPE])
    // Shoppers and staff come back to different pages.
    const [callback, signedOut, staffCallback, staffSignedOut] = entra.storefront.redirectPaths.map(
      (path) => `http://localhost:8080${path}`,
    ) as [string, string, string, string]
    expect([callback, staffCallback].map(isRedirectUri)).toEqual([true, true])
    expect([signedOut, staffSignedOut].map(isSignedOutUri)).toEqual([true, true])
  })

  test("grants the apps what the local identity provider grants them", () => {
    const local = [...serviceClients.values()]
      .filter(({ id }) => id !== "development")
      .map(({ id, roles }) => [id, roles.filter((role) => asked.has(role)).toSorted()] as const)
      .filter(([, roles]) => roles.length > 0)
    expect(entra.grants).toEqual(Object.fromEntries(local))
    const forApps = entra.appRoles
      .filter(({ allowedMemberTypes }) => allowedMemberTypes.includes("Application"))
      .map(({ value }) => value)
    expect(
      Object.values(entra.grants)
        .flat()
        .filter((role) => !forApps.includes(role)),
    ).toEqual([])
  })
})

const complete = ["jq", "bash"].every((program) => spawnSync(program, ["--version"]).status === 0)

/** A directory of one tenant: answers what the script asks, and writes down what it changes. */
const az = `#!/usr/bin/env bash
cd "$(dirname "$0")"
id=$(grep -o "eshop-dev[a-z-]*" <<<"$*" | head -1)
case "$*" in
  "ad app list "*) [ -f "app-$id" ] && echo "[{\\"id\\":\\"object-$id\\",\\"appId\\":\\"$id\\"}]" || echo '[]' ;;
  "ad app create "*) touch "app-$id"; echo "create $id" >> changes; echo "{\\"id\\":\\"object-$id\\",\\"appId\\":\\"$id\\"}" ;;
  "ad sp list "*00000003-0000-0000-c000-000000000000*) echo '[{"id":"graph"}]' ;;
  "ad sp list "*) [ -f "sp-$id" ] && echo "[{\\"id\\":\\"sp-$id\\"}]" || echo '[]' ;;
  "ad sp create "*) touch "sp-$id"; echo "principal for $id" >> changes; echo "{\\"id\\":\\"sp-$id\\"}" ;;
  "identity list "*) [ -f applied ] && echo '[{"name":"id-eshop-dev-basket","principalId":"pb"},{"name":"id-eshop-dev-ordering","principalId":"po"}]' || exit 3 ;;
  *"--method get "*oauth2PermissionGrants*) jq -cs '{value: .}' consents 2>/dev/null || echo '{"value":[]}' ;;
  *"--method get "*) jq -cs '{value: .}' grants 2>/dev/null || echo '{"value":[]}' ;;
  *"--method post "*oauth2PermissionGrants*) echo "\${@: -1}" >> consents ;;
  *"--method post "*) echo "\${@: -1}" >> grants ;;
  *"--method patch "*) echo "\${@: -1}" >> "patches-$id" ;;
  *) echo "unexpected: $*" >&2; exit 1 ;;
esac
`

describe.runIf(complete || process.env.CI !== undefined)("register.sh", () => {
  let tenant: string
  beforeEach(() => {
    tenant = mkdtempSync(join(tmpdir(), "eshop-entra-"))
    writeFileSync(join(tenant, "az"), az, { mode: 0o755 })
  })
  afterEach(() => rmSync(tenant, { recursive: true }))
  const register = (...directory: string[]) =>
    execFileSync(join(infra, "identity/register.sh"), ["eshop-dev", "https://shop.example/", ...directory], {
      env: { ...process.env, PATH: `${tenant}${delimiter}${process.env.PATH}` },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    })
  const lines = (file: string) => readFileSync(join(tenant, file), "utf8").trimEnd().split("\n")
  const last = (file: string) => JSON.parse(lines(file).at(-1) as string)
  const printed = `audience = "eshop-dev"\nstorefront's client id = "eshop-dev-storefront"\n`

  test("asks for version 2 tokens that say their kind, and lets the storefront get them without asking anybody", () => {
    expect(register()).toBe(printed)
    expect(last("patches-eshop-dev")).toEqual({
      identifierUris: ["api://eshop-dev"],
      appRoles: entra.appRoles,
      optionalClaims: entra.optionalClaims,
      api: {
        requestedAccessTokenVersion: 2,
        oauth2PermissionScopes: [entra.scope],
        preAuthorizedApplications: [
          { appId: "eshop-dev-storefront", delegatedPermissionIds: [entra.scope.id] },
        ],
      },
    })
    // A scope can be given away only once it is there.
    expect(JSON.parse(lines("patches-eshop-dev")[0] as string).api).not.toHaveProperty(
      "preAuthorizedApplications",
    )
    expect(last("patches-eshop-dev-storefront")).toMatchObject({
      spa: {
        redirectUris: [
          ...["https://shop.example/sign-in/callback", "https://shop.example/signed-out"],
          "https://shop.example/back-office/sign-in/callback",
          "https://shop.example/back-office/signed-out",
        ],
      },
      requiredResourceAccess: [
        { resourceAppId: "eshop-dev", resourceAccess: [{ id: entra.scope.id, type: "Scope" }] },
        { resourceAppId: "00000003-0000-0000-c000-000000000000" },
      ],
    })
    expect(lines("consents").map((line) => JSON.parse(line))).toEqual([
      consentTo("sp-eshop-dev", "access_as_user"),
      consentTo("graph", "openid offline_access profile"),
    ])
    // The identities are not there yet.
    expect(() => lines("grants")).toThrow("ENOENT")
  })
  const consentTo = (resourceId: string, scope: string) => ({
    ...{ clientId: "sp-eshop-dev-storefront", consentType: "AllPrincipals", resourceId, scope },
  })

  test("makes nothing twice, and grants roles once the identities are there", () => {
    writeFileSync(join(tenant, "applied"), "")
    for (let turn = 0; turn < 2; turn++) register()
    expect(lines("changes")).toEqual([
      ...["create eshop-dev", "create eshop-dev-storefront"],
      ...["principal for eshop-dev", "principal for eshop-dev-storefront"],
    ])
    expect(lines("consents")).toHaveLength(2)
    const byId = new Map(entra.appRoles.map(({ id, value }) => [id, value]))
    const grants = lines("grants").map((line) => JSON.parse(line))
    expect(grants.map(({ principalId, appRoleId }) => `${principalId} ${byId.get(appRoleId)}`)).toEqual([
      "pb discount.quote",
      "pb inventory.hold",
      "po basket.checkouts",
      "po discount.quote",
      "po discount.redeem",
      "po privacy.read",
    ])
    expect(grants.every(({ resourceId }) => resourceId === "sp-eshop-dev")).toBe(true)
    // Some hundred processes, one after the other.
  }, 180_000)

  test("gives no roles where customers register themselves", () => {
    writeFileSync(join(tenant, "applied"), "")
    expect(register("customers")).toBe(printed)
    expect(last("patches-eshop-dev").appRoles).toEqual([])
    expect(() => lines("grants")).toThrow("ENOENT")
    expect(() => register("everybody")).toThrow(expect.objectContaining({ status: 2 }))
  })
})
