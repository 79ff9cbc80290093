import { exec } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { AuditReport } from "./advisories.ts"

/** Nobody said what is known of the packages: neither that something is, nor that nothing is. */
export class NoAdvisoriesError extends Error {
  override readonly name = "NoAdvisoriesError"
}

/** A package with an advisory that no registry has withdrawn (GHSA-vh95-rmgr-6w4m). */
const KNOWN_TO_BE_VULNERABLE = { name: "minimist", version: "0.0.8" }

/**
 * What `npm audit --json` has written, which ends with 1 both for findings and for an answer that it did not get.
 * @throws NoAdvisoriesError for anything but a report of version 2
 */
export function reportOf(stdout: string): AuditReport {
  let report: Partial<AuditReport> & { auditReportVersion?: unknown; message?: unknown }
  try {
    report = JSON.parse(stdout)
  } catch {
    throw new NoAdvisoriesError("npm audit answered with something else than JSON")
  }
  if (report?.auditReportVersion === 2 && typeof report.vulnerabilities === "object")
    return report as AuditReport
  throw new NoAdvisoriesError(typeof report?.message === "string" ? report.message : "no report of version 2")
}

const audit = (folder: string, env: NodeJS.ProcessEnv): Promise<string> =>
  new Promise((resolve) => {
    const options = { cwd: folder, env, maxBuffer: 100 * 1_024 * 1_024 }
    exec("npm audit --json --omit=dev --package-lock-only", options, (_, stdout) => resolve(stdout))
  })

/** A folder whose only package is one that every registry with advisories knows of. */
async function vulnerableFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "audit-"))
  const { name, version } = KNOWN_TO_BE_VULNERABLE
  const manifest = { name: "vulnerable", version: "1.0.0", dependencies: { [name]: version } }
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest))
  const packages = { "": manifest, [`node_modules/${name}`]: { version } }
  await writeFile(
    join(folder, "package-lock.json"),
    JSON.stringify({ ...manifest, lockfileVersion: 3, packages }),
  )
  return folder
}

/**
 * Asks the registry what is known of the packages of a folder's package-lock.json. A registry that keeps no advisories may
 * answer that there are none: it is asked for a well-known one first.
 * @throws NoAdvisoriesError where nobody said what is known
 */
export async function askRegistry(
  folder: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<AuditReport> {
  const probe = await vulnerableFolder()
  try {
    const known = reportOf(await audit(probe, env))
    if (!known.vulnerabilities[KNOWN_TO_BE_VULNERABLE.name])
      throw new NoAdvisoriesError("the registry keeps no advisories: it does not even know a well-known one")
  } finally {
    await rm(probe, { recursive: true })
  }
  return reportOf(await audit(folder, env))
}
