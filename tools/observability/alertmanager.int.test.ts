import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { parse, stringify } from "yaml"
import { root } from "../apps.ts"
import { parseManifests } from "../kubernetes/manifests.ts"
import { run, whyMissing } from "../kubernetes/programs.ts"
import { alerts } from "./alerts/table.ts"
import { amtool } from "./programs.ts"

const missing = whyMissing(amtool, ["--version"])
if (missing) console.log(missing)

const infrastructure = join(root, "infra/gitops/infrastructure")
const read = (path: string): string => readFileSync(join(infrastructure, path), "utf8")

type InhibitRule = { source_matchers: string[]; target_matchers: string[]; equal: string[] }
type Values = {
  alertmanagerSpec: {
    volumes: { name: string; secret: { secretName: string; optional: boolean } }[]
    volumeMounts: { name: string; mountPath: string }[]
  }
  config: { inhibit_rules: InhibitRule[]; [part: string]: unknown }
}
const { alertmanagerSpec, config } = (
  parse(read("controllers/alertmanager.yaml"), { merge: true }) as { alertmanager: Values }
).alertmanager

describe.skipIf(missing)("Alertmanager's routes", () => {
  let folder: string
  let file: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "alertmanager-"))
    file = join(folder, "alertmanager.yaml")
    writeFileSync(file, stringify(config))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const receiverOf = (labels: Record<string, string>, at = file): string =>
    run("amtool", [
      ...["config", "routes", "test", `--config.file=${at}`],
      ...Object.entries(labels).map(([name, value]) => `${name}=${value}`),
    ]).trim()

  test("amtool takes the configuration", () => {
    const said = run("amtool", ["check-config", file])
    expect(said).toContain("SUCCESS")
    expect(said).toContain("3 receivers")
    expect(said).toContain("4 inhibit rules")
  })

  test.each([
    ["production", "page", "on-call"],
    ["production", "critical", "on-call"],
    ["production", "ticket", "tickets"],
    ["production", "warning", "tickets"],
    ["production", "none", "nobody"],
    ["production", "info", "nobody"],
    ["staging", "page", "tickets"],
    ["staging", "critical", "tickets"],
    ["staging", "ticket", "tickets"],
    ["dev", "page", "tickets"],
    ["dev", "none", "nobody"],
  ])("in %s %s goes to %s", (environment, severity, receiver) => {
    expect(receiverOf({ environment, severity, alertname: "AppDown" })).toBe(receiver)
  })

  test("an alert without the label that its environment hands over wakes nobody, and a mistake is found", () => {
    expect(receiverOf({ severity: "page" })).toBe("tickets")
    const wrong = join(folder, "wrong.yaml")
    writeFileSync(wrong, stringify(config).replace('environment="production"', 'environment="prod"'))
    expect(receiverOf({ environment: "production", severity: "page" }, wrong)).toBe("tickets")
    writeFileSync(wrong, stringify(config).replace("receiver: on-call", "receiver: on-duty"))
    expect(() => run("amtool", ["check-config", wrong])).toThrow()
  })
})

describe("Alertmanager's configuration", () => {
  test("inhibits alerts that exist, by labels that they have", () => {
    const names = new Set(alerts.map(({ name }) => name))
    const named = config.inhibit_rules.flatMap(({ source_matchers, target_matchers }) =>
      [...source_matchers, ...target_matchers].flatMap((matcher) => {
        const [, value = ""] = /^alertname=~?"(.*)"$/.exec(matcher) ?? []
        return value ? value.split("|") : []
      }),
    )
    expect(named.filter((name) => !names.has(name))).toEqual([])
    expect(named.length).toBeGreaterThan(0)
  })

  test("reads its receivers' addresses from Secrets that External Secrets makes, and starts without them", () => {
    const mounted = alertmanagerSpec.volumeMounts.map(({ name, mountPath }) => {
      const volume = alertmanagerSpec.volumes.find((candidate) => candidate.name === name)
      expect(volume?.secret.optional).toBe(true)
      return { secret: volume?.secret.secretName, mountPath }
    })
    const made = parseManifests(read("alerts/alerts.yaml"), "alerts.yaml")
      .filter(({ kind, metadata }) => kind === "ExternalSecret" && metadata.namespace === "observability")
      .flatMap(({ spec }) =>
        spec.data.map(({ secretKey }: { secretKey: string }) => {
          const mount = mounted.find(({ secret }) => secret === spec.target.name)
          return `${mount?.mountPath}/${secretKey}`
        }),
      )
    const files = [...stringify(config).matchAll(/_file: (\S+)/g)].map(([, path]) => path)
    expect([...new Set(files)].sort()).toEqual(made.sort())
  })

  test("every cluster says which environment it is", () => {
    const stack = read("controllers/kube-prometheus-stack.yaml")
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Flux's variable is written so
    expect(stack).toContain("externalLabels:\n          environment: ${environment}\n")
    const environments = ["dev", "staging", "production"].map(
      (name) =>
        readFileSync(join(root, `infra/gitops/clusters/${name}/cluster-settings.yaml`), "utf8").match(
          /^ {2}environment: (.*)$/m,
        )?.[1],
    )
    expect(environments).toEqual(["dev", "staging", "production"])
  })
})
