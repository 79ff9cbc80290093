// `npm run audit`: licences, pins, scripts and given-up packages of what is installed, and secrets in what git knows of. With
// `--advisories` known vulnerabilities as well, which npm asks the registry for.
import { spawnSync } from "node:child_process"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "../apps.ts"
import { accepted } from "./accepted.ts"
import { type AuditReport, advisoryFindings } from "./advisories.ts"
import { type Lock, lockFindings, looseVersions, type Manifest, staleAcceptances } from "./lock.ts"
import { trackedSecrets } from "./secrets.ts"

const today = new Date().toISOString().slice(0, 10)
const read = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"))

/** The root's package.json and those of its workspaces. */
function manifests(): Manifest[] {
  const { workspaces } = read("package.json") as { workspaces: string[] }
  const paths = workspaces.flatMap((pattern) => globSync(`${pattern}/package.json`, { cwd: root }))
  return ["package.json", ...paths].map((path) => ({ path, ...read(path) }))
}

/** @throws where the registry does not answer: no answer is no proof */
function advisories(): string[] {
  const npm = spawnSync("npm", ["audit", "--json", "--omit=dev"], {
    cwd: root,
    encoding: "utf8",
    shell: true,
  })
  const report = JSON.parse(npm.stdout) as AuditReport & { message?: string }
  if (!report.vulnerabilities) throw new Error(`npm audit found out nothing: ${report.message ?? npm.stderr}`)
  return advisoryFindings(report, accepted, today)
}

const lock = read("package-lock.json") as Lock
const findings = [
  ...lockFindings(lock, accepted, today),
  ...staleAcceptances(lock, accepted, today),
  ...looseVersions(manifests()),
  ...trackedSecrets(root),
  ...(process.argv.includes("--advisories") ? advisories() : []),
]
for (const finding of findings) console.error(finding)
if (findings.length > 0) process.exitCode = 1
else console.log(`Nothing found; ${accepted.length} findings are accepted (tools/audit/accepted.ts)`)
