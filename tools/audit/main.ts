// `npm run audit`: licences, pins, scripts and given-up packages of what is installed, and secrets in what git knows of. With
// `--advisories` known vulnerabilities as well, which npm asks the registry for. Ends with 1 for findings, with 2 where the
// registry did not say what is known.
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "../apps.ts"
import { accepted } from "./accepted.ts"
import { advisoryFindings } from "./advisories.ts"
import { type Lock, lockFindings, looseVersions, type Manifest, staleAcceptances } from "./lock.ts"
import { askRegistry, NoAdvisoriesError } from "./registry.ts"
import { trackedSecrets } from "./secrets.ts"

const today = new Date().toISOString().slice(0, 10)
const read = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"))

/** The root's package.json and those of its workspaces. */
function manifests(): Manifest[] {
  const { workspaces } = read("package.json") as { workspaces: string[] }
  const paths = workspaces.flatMap((pattern) => globSync(`${pattern}/package.json`, { cwd: root }))
  return ["package.json", ...paths].map((path) => ({ path, ...read(path) }))
}

const lock = read("package-lock.json") as Lock
const findings = [
  ...lockFindings(lock, accepted, today),
  ...staleAcceptances(lock, accepted, today),
  ...looseVersions(manifests()),
  ...trackedSecrets(root),
]
try {
  if (process.argv.includes("--advisories"))
    findings.push(...advisoryFindings(await askRegistry(root), accepted, today))
} catch (error) {
  if (!(error instanceof NoAdvisoriesError)) throw error
  console.error(`Whether the packages have known vulnerabilities was not found out: ${error.message}`)
  process.exitCode = 2
}
for (const finding of findings) console.error(finding)
if (findings.length > 0) process.exitCode = 1
else if (!process.exitCode)
  console.log(`Nothing found; ${accepted.length} findings are accepted (tools/audit/accepted.ts)`)
