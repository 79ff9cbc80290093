import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { describe, expect, test } from "vitest"

const complete = ["jq", "bash"].every((program) => spawnSync(program, ["--version"]).status === 0)
const network =
  "/subscriptions/s/resourceGroups/rg-eshop-dev/providers/Microsoft.Network/virtualNetworks/vnet-eshop-dev"

/** Answers what the script asks, and writes every call down. */
const az = `#!/usr/bin/env bash
echo "$*" >> "$(dirname "$0")/calls"
case "$*" in
  "group show "*) echo westeurope ;;
  "ad sp list "*) echo devops-infrastructure ;;
  "devcenter admin devcenter create "*) echo center ;;
  "devcenter admin project create "*) echo project ;;
esac
`
const terraform = `#!/bin/sh
echo '{"subnet_id":"${network}/subnets/snet-agents","address":"198.51.100.7"}'
`

describe.runIf(complete || process.env.CI !== undefined)("pool.sh", () => {
  test("lets the service into the network and makes the pool in the agents' subnet", () => {
    const bin = mkdtempSync(join(tmpdir(), "eshop-agents-"))
    try {
      for (const [name, text] of Object.entries({ az, terraform }))
        writeFileSync(join(bin, name), text, { mode: 0o755 })
      const printed = execFileSync(
        join(import.meta.dirname, "../../infra/agents/pool.sh"),
        ["dev", "eshop-dev", "https://dev.azure.com/your-organisation"],
        { env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` }, encoding: "utf8" },
      )
      expect(printed).toContain("198.51.100.7")
      const calls = readFileSync(join(bin, "calls"), "utf8").trimEnd().split("\n")
      expect(calls.filter((call) => call.startsWith("role assignment create"))).toEqual(
        ["Reader", "Network Contributor"].map(
          (role) =>
            `role assignment create --role ${role} --scope ${network} --output none --assignee-object-id devops-infrastructure --assignee-principal-type ServicePrincipal`,
        ),
      )
      const [, fabric] =
        /--fabric-profile (\{.*\}) --organization-profile (\{.*\})$/.exec(calls.at(-1) ?? "") ?? []
      expect(JSON.parse(fabric ?? "").vmss.networkProfile).toEqual({
        subnetId: `${network}/subnets/snet-agents`,
      })
      expect(calls.at(-1)).toMatch(
        /^mdp pool create --name eshop-dev --resource-group rg-eshop-bootstrap-dev /,
      )
    } finally {
      rmSync(bin, { recursive: true })
    }
  })
})
