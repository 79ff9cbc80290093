/**
 * Writes .azure-pipelines/profiles and .azure-pipelines/pipelines.
 *
 *   npm run pipelines:generate              writes, and removes what nothing stands for any more
 *   npm run pipelines:generate -- --all     the same, and the profiles of all other stacks into dist/profiles
 *   npm run pipelines:generate -- --check   writes nothing; fails when something is out of date
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { parseArgs } from "node:util"
import { root as repository } from "../apps.ts"
import { readEnvironments } from "./environments.ts"
import { createValidator } from "./language-service.ts"
import { type Pipeline, pipelinesFolder, planPipelines } from "./pipelines.ts"
import {
  expandProfile,
  otherProfilesFolder,
  type Profile,
  planProfiles,
  profilesFolder,
  readStacks,
} from "./profiles.ts"
import { filesBelow, PipelineError } from "./source.ts"
import { findApps } from "./workspace-graph.ts"

export interface Plan {
  /** Of all stacks, whether the repository has them or not. */
  readonly profiles: readonly Profile[]
  readonly pipelines: readonly Pipeline[]
  /** Folders that hold nothing but `files`. */
  readonly folders: readonly string[]
  /** What each file to be written holds, by its path from the root; in a fixed order. */
  readonly files: ReadonlyMap<string, string>
}

/**
 * What the generator would write.
 * @param all the profiles of the stacks too that the repository does not have
 * @throws PipelineError that names file and line
 */
export function plan(root: string, { all = false } = {}): Plan {
  const environments = readEnvironments(root)
  const profiles = planProfiles(readStacks(root), environments)
  const pipelines = planPipelines(root, findApps(root), profiles, environments)
  const folders = [profilesFolder, pipelinesFolder, ...(all ? [otherProfilesFolder] : [])]
  const written = [...profiles, ...pipelines].filter(({ file }) =>
    folders.some((folder) => file.startsWith(`${folder}/`)),
  )
  return { profiles, pipelines, folders, files: new Map(written.map(({ file, text }) => [file, text])) }
}

/**
 * Expands every profile, and has the language service look at every file, before anything is written.
 * @throws PipelineError that names file and line
 */
export async function validate(root: string, { profiles, pipelines }: Plan): Promise<void> {
  const problemsOf = createValidator()
  for (const profile of profiles) expandProfile(root, profile)
  for (const { file, text } of [...profiles, ...pipelines]) {
    const [problem] = await problemsOf(text)
    if (problem) throw new PipelineError(`${file}:${problem.line}: ${problem.message}`)
  }
}

export interface Difference {
  readonly file: string
  readonly kind: "new" | "changed" | "obsolete"
}

/** Where the files on disk differ from the plan. */
export function compare(root: string, { folders, files }: Plan): Difference[] {
  const obsolete = folders.flatMap((folder) => filesBelow(root, folder)).filter((file) => !files.has(file))
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
  const { values } = parseArgs({ options: { all: { type: "boolean" }, check: { type: "boolean" } } })
  const planned = plan(repository, values)
  await validate(repository, planned)
  console.log(`${planned.profiles.length} profiles and ${planned.pipelines.length} pipelines are valid`)
  const differences = compare(repository, planned)
  console.log(`${planned.files.size} files, ${differences.length} out of date`)
  for (const { file, kind } of differences) console.log(`  ${kind.padEnd(8)} ${file}`)
  if (!values.check) apply(repository, planned, differences)
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
