// `npm run observability:generate`: writes infra/observability from the tables of this folder. With `--check` it writes
// nothing and names what is stale.
import { readdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { stringify } from "yaml"
import { root } from "../apps.ts"
import { type GeneratedFiles, staleFiles, writeFiles } from "../generate/generated-files.ts"
import { azureAlerts } from "./azure-alerts.ts"
import { dashboards } from "./dashboards/all.ts"
import { dashboardOf } from "./dashboards/panels.ts"
import { prometheusRule } from "./prometheus-rules.ts"
import { workbook } from "./workbook.ts"

const folder = "infra/observability"
const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`
const header = "# Generated from tools/observability by `npm run observability:generate`.\n"

/** The files that Flux, Grafana and Terraform read, by their path in the repository. */
export const observabilityFiles: GeneratedFiles = new Map([
  ...dashboards.map((dashboard): [string, string] => [
    `${folder}/dashboards/${dashboard.uid}.json`,
    json(dashboardOf(dashboard)),
  ]),
  [`${folder}/prometheus-rules.yaml`, header + stringify(prometheusRule, { lineWidth: 0 })],
  [`${folder}/azure-alerts.json`, json(azureAlerts())],
  [`${folder}/azure-workbook.json`, json(workbook)],
])

/** Dashboards that no longer have a source. */
export const leftOver = (): string[] =>
  readdirSync(join(root, folder, "dashboards"))
    .map((file) => `${folder}/dashboards/${file}`)
    .filter((path) => !observabilityFiles.has(path))

if (import.meta.main) {
  const stale = staleFiles(root, observabilityFiles)
  const extra = leftOver()
  if (process.argv.includes("--check")) {
    for (const path of [...stale, ...extra]) console.error(`${path} is stale: npm run observability:generate`)
    if (stale.length + extra.length > 0) process.exitCode = 1
  } else {
    writeFiles(root, observabilityFiles, stale)
    for (const path of extra) rmSync(join(root, path))
    for (const path of [...stale, ...extra]) console.log(`written: ${path}`)
  }
}
