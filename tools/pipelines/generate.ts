/**
 * Writes .azure-pipelines/profiles and .azure-pipelines/pipelines and the table in docs/pipelines.md.
 *
 *   npm run pipelines:generate              writes, and removes what nothing stands for any more
 *   npm run pipelines:generate -- --check   writes nothing; fails when something is out of date
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { root as repository } from "../apps.ts"
import { readEnvironments } from "./environments.ts"
import { expandSource } from "./expand.ts"
import { createValidator } from "./language-service.ts"
import { type Pipeline, pipelinesFolder, planPipelines } from "./pipelines.ts"
import {
  type Profile,
  planProfiles,
  profilesFolder,
  readStacks,
  sampleParameters,
  stale,
} from "./profiles.ts"
import { PipelineError, parseSource } from "./source.ts"
import { writeTable } from "./table.ts"
import { findApps } from "./workspace-graph.ts"

const page = "docs/pipelines.md"

export interface Plan {
  readonly profiles: readonly Profile[]
  readonly pipelines: readonly Pipeline[]
  /** What each generated file holds, by its path from the root; in a fixed order. */
  readonly files: ReadonlyMap<string, string>
}

/**
 * What the generator would write.
 * @throws PipelineError that names file and line
 */
export function plan(root: string): Plan {
  const environments = readEnvironments(root)
  const profiles = planProfiles(readStacks(root), environments)
  const pipelines = planPipelines(root, findApps(root), profiles, environments)
  const files = new Map([...profiles, ...pipelines].map(({ file, text }) => [file, text]))
  files.set(page, writeTable(readFileSync(join(root, page), "utf8"), profiles))
  return { profiles, pipelines, files }
}

/**
 * Expands every profile, and has the language service look at every file, before anything is written.
 * @param say hears about the progress
 * @throws PipelineError that names file and line
 */
export async function validate(
  root: string,
  { profiles, pipelines }: Plan,
  say: (text: string) => void,
): Promise<void> {
  const problemsOf = createValidator()
  const files = [...profiles, ...pipelines]
  for (const profile of profiles) {
    expandSource(parseSource(root, profile.file, profile.text), { parameters: sampleParameters(profile) })
  }
  for (const [index, { file, text }] of files.entries()) {
    const [problem] = await problemsOf(text)
    if (problem) throw new PipelineError(`${file}:${problem.line}: ${problem.message}`)
    if ((index + 1) % 100 === 0) say(`${index + 1} of ${files.length} files are valid`)
  }
}

export interface Difference {
  readonly file: string
  readonly kind: "new" | "changed" | "obsolete"
}

/** Where the files on disk differ from the plan. */
export function compare(root: string, { files }: Plan): Difference[] {
  const planned = new Set(files.keys())
  const obsolete = [profilesFolder, pipelinesFolder].flatMap((folder) => stale(root, folder, planned))
  const differing = [...files].flatMap(([file, text]): Difference[] => {
    const path = join(root, file)
    if (!existsSync(path)) return [{ file, kind: "new" }]
    return readFileSync(path, "utf8") === text ? [] : [{ file, kind: "changed" }]
  })
  return [...differing, ...obsolete.map((file) => ({ file, kind: "obsolete" as const }))]
}

/** Brings the files on disk to the plan. */
export function apply(root: string, { files }: Plan, differences: readonly Difference[]): void {
  for (const { file, kind } of differences) {
    const path = join(root, file)
    if (kind === "obsolete") rmSync(path)
    else {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, files.get(file) as string)
    }
  }
}

async function main(): Promise<void> {
  const check = process.argv.includes("--check")
  const planned = plan(repository)
  console.log(`${planned.profiles.length} profiles, ${planned.pipelines.length} pipelines`)
  await validate(repository, planned, console.log)
  const differences = compare(repository, planned)
  for (const { file, kind } of differences) console.log(`  ${kind.padEnd(8)} ${file}`)
  if (!check) apply(repository, planned, differences)
  else if (differences.length > 0) {
    console.error(`${differences.length} files are out of date: npm run pipelines:generate`)
    process.exitCode = 1
  }
}

if (import.meta.main) {
  try {
    await main()
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}
