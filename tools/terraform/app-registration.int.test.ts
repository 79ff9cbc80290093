import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { serviceClients } from "../../local/identity-provider/src/accounts.ts"

const infra = join(import.meta.dirname, "../../infra")
const read = (path: string) => JSON.parse(readFileSync(join(infra, path), "utf8"))
const entra: {
  appRoles: { id: string; value: string; allowedMemberTypes: string[] }[]
  grants: Record<string, string[]>
} = read("identity/entra.json")
const routes: { access: string | { role: string } }[] = read("gateway/routes.json").routes
const asked = new Set(routes.flatMap(({ access }) => (typeof access === "string" ? [] : access.role)))

describe("what is registered in Entra", () => {
  test("has the app roles that the routes ask for", () => {
    expect(entra.appRoles.map(({ value }) => value)).toEqual([...asked].toSorted())
    expect(new Set(entra.appRoles.map(({ id }) => id)).size).toBe(asked.size)
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
case "$*" in
  "ad app list "*) [ -f app ] && echo '[{"id":"object","appId":"client"}]' || echo '[]' ;;
  "ad app create "*) touch app; echo "create $5" >> changes; echo '{"id":"object","appId":"client"}' ;;
  "ad sp list "*) [ -f sp ] && echo '[{"id":"principal"}]' || echo '[]' ;;
  "ad sp create "*) touch sp; echo "principal for $5" >> changes; echo '{"id":"principal"}' ;;
  "identity list "*) [ -f applied ] && echo '[{"name":"id-eshop-dev-basket","principalId":"pb"},{"name":"id-eshop-dev-ordering","principalId":"po"}]' || exit 3 ;;
  *"--method get "*) jq -cs '{value: .}' grants 2>/dev/null || echo '{"value":[]}' ;;
  *"--method post "*) echo "\${@: -1}" >> grants ;;
  *"--method patch "*) echo "\${@: -1}" > application ;;
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
  const register = () =>
    execFileSync(join(infra, "identity/register.sh"), ["eshop-dev"], {
      env: { ...process.env, PATH: `${tenant}${delimiter}${process.env.PATH}` },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    })
  const lines = (file: string) => readFileSync(join(tenant, file), "utf8").trimEnd().split("\n")

  test("asks for version 2 tokens, prints their audience, and grants once the identities are there", () => {
    expect(register()).toBe('identity_provider.audience = "client"\n')
    expect(JSON.parse(lines("application")[0] as string)).toMatchObject({
      identifierUris: ["api://client"],
      api: { requestedAccessTokenVersion: 2 },
      appRoles: entra.appRoles,
    })
    writeFileSync(join(tenant, "applied"), "")
    for (let turn = 0; turn < 2; turn++) register()
    expect(lines("changes")).toEqual(["create eshop-dev", "principal for client"])
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
    expect(grants.every(({ resourceId }) => resourceId === "principal")).toBe(true)
  })
})
