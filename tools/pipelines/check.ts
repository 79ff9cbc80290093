/**
 * Checks .azure-pipelines and the profiles of all other stacks without Azure: generated files, the language service over
 * every template, profile and expanded profile and pipeline, the rules of a rollout, shellcheck and the project's own rules over every inline script.
 *
 *   npm run pipelines:check
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { stringify } from "yaml"
import { root as repository } from "../apps.ts"
import { clearSecrets } from "../kubernetes/clear-secrets.ts"
import { imageProblems, terraformProblems } from "./agreement.ts"
import { environmentsFile, readEnvironments } from "./environments.ts"
import { expandFile } from "./expand.ts"
import { toText } from "./functions.ts"
import { compare, type Plan, plan } from "./generate.ts"
import { createValidator } from "./language-service.ts"
import { readParameters } from "./parameters.ts"
import {
  checkParameters,
  expandProfile,
  otherProfilesFolder,
  profileTasks,
  readStacks,
  sampleParameters,
} from "./profiles.ts"
import { environmentProblems, rolloutProblems } from "./rollout.ts"
import { expandApplication } from "./run.ts"
import { type Script, scriptProblems, scriptsIn, shellcheck, whyNoShellcheck } from "./scripts.ts"
import { filesBelow, PipelineError, parseSource, readSource } from "./source.ts"
import { trivyIgnoreFile, trivyIgnoreProblems } from "./trivy-ignore.ts"
import type { Value } from "./value.ts"
import { findApps } from "./workspace-graph.ts"

const folder = ".azure-pipelines"
/** Why a run was started decides what a pipeline consists of. */
const reasons = ["IndividualCI", "PullRequest", "Schedule"]

/** An expansion of a file, as the agents would get it. */
export interface Expansion {
  readonly name: string
  readonly document: { [key: string]: Value }
}

/** Every profile, and every pipeline for each reason, expanded. */
export function expandAll(root: string, { profiles, pipelines }: Plan): Expansion[] {
  const expanded = profiles.map((profile) => ({
    name: profile.file,
    document: expandProfile(root, profile),
  }))
  const runs = pipelines.flatMap(({ file }) =>
    reasons.map((reason) => ({
      name: `${file} (${reason})`,
      document: expandFile(root, file, { variables: { "Build.Reason": reason } }),
    })),
  )
  // What this organisation has not chosen must work all the same.
  const hosting = readEnvironments(root).hosting === "aks" ? "flex" : "aks"
  const other = new Map(Object.entries({ hosting, sca: "all" }))
  const otherwise = findApps(root).map((app) => ({
    name: `${app}, hosting: ${hosting}`,
    document: expandApplication(root, app, other, "IndividualCI"),
  }))
  return [...expanded, ...runs, ...otherwise, ...expandOthers(root)]
}

/** The templates that are in no profile. */
function expandOthers(root: string): Expansion[] {
  const outside = readStacks(root).flatMap(({ tasks }) =>
    [...tasks.values()].filter(({ name }) => !profileTasks.includes(name)),
  )
  return outside.map(({ source: { file }, declared }) => ({
    name: file,
    document: expandFile(root, file, { parameters: sampleParameters({ parameters: declared }) }),
  }))
}

interface PipelineFile {
  readonly file: string
  readonly text: string
}

/** All YAML files of the folder, but for the settings, and the profiles that are written with --all alone. */
export function pipelineFiles(root: string, { profiles }: Plan): PipelineFile[] {
  const committed = filesBelow(root, folder)
    .filter((file) => file.endsWith(".yaml") && file !== environmentsFile)
    .map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }))
  return [...committed, ...profiles.filter(({ file }) => file.startsWith(`${otherProfilesFolder}/`))]
}

/** What the language service finds in the files as they are written, and secrets in them. */
export async function checkFiles(root: string, files: readonly PipelineFile[]): Promise<string[]> {
  const validate = createValidator()
  const problems = clearSecrets(environmentsFile, readFileSync(join(root, environmentsFile), "utf8"))
  for (const { file, text } of files) {
    const source = parseSource(root, file, text)
    checkParameters(source, readParameters(source))
    problems.push(...clearSecrets(file, text))
    for (const { line, message } of await validate(text)) {
      // What an expression comes to is seen in the expansion.
      if (/^(Value is not accepted|String does not match)/.test(message) && message.includes("${{")) continue
      problems.push(`${file}:${line}: ${message}`)
    }
  }
  return problems
}

/** An expansion as text. A number or a boolean is written as Azure writes it. */
export function toYaml(document: Value): string {
  const plain = (value: Value): unknown => {
    if (Array.isArray(value)) return value.map(plain)
    if (value === null || typeof value !== "object") return toText(value)
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]))
  }
  return stringify(plain(document), { schema: "failsafe", lineWidth: 0, aliasDuplicateObjects: false })
}

/** What the language service finds in the expansions. */
export async function checkExpansions(expansions: readonly Expansion[]): Promise<string[]> {
  const validate = createValidator()
  const problems: string[] = []
  for (const { name, document } of expansions) {
    for (const { line, message } of await validate(toYaml(document))) {
      problems.push(`${name}, expanded, line ${line}: ${message}`)
    }
  }
  return problems
}

/** Where the expansions break the rules of who may change which environment, or name what the other sides do not. */
export function checkRollouts(root: string, expansions: readonly Expansion[]): string[] {
  const { environments } = readEnvironments(root)
  const found = expansions
    .filter(({ document }) => "stages" in document)
    .flatMap(({ name, document }) =>
      [...rolloutProblems(document, environments), ...imageProblems(root, document)].map(
        (problem) => `${name}: ${problem}`,
      ),
    )
  const own = environmentProblems(environments).map((problem) => `${environmentsFile}: ${problem}`)
  return [...own, ...terraformProblems(root), ...found]
}

/** What is wrong with the scripts; without shellcheck by this project's own rules alone. */
export function checkScripts(scripts: readonly Script[]): string[] {
  const distinct = [...new Map(scripts.map((script) => [script.text, script])).values()]
  return [...distinct.flatMap(scriptProblems), ...(whyNoShellcheck() ? [] : shellcheck(distinct))]
}

async function main(): Promise<void> {
  const started = Date.now()
  const say = (text: string) =>
    console.log(`${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s  ${text}`)
  const planned = plan(repository)
  const differences = compare(repository, planned)
  const problems = differences.map(({ file, kind }) => `${file}: ${kind}, run npm run pipelines:generate`)
  say(`${planned.files.size} generated files, ${differences.length} out of date`)

  const files = pipelineFiles(repository, planned)
  problems.push(...(await checkFiles(repository, files)))
  say(`${files.length} files validated`)

  problems.push(...trivyIgnoreProblems(readSource(repository, trivyIgnoreFile), Date.now()))

  const expansions = expandAll(repository, planned)
  problems.push(...(await checkExpansions(expansions)), ...checkRollouts(repository, expansions))
  say(`${expansions.length} expansions validated`)

  const scripts = expansions.flatMap(({ document }) => scriptsIn(document))
  problems.push(...checkScripts(scripts))
  const skipped = whyNoShellcheck()
  const distinct = new Set(scripts.map(({ text }) => text)).size
  say(skipped ? `${distinct} scripts checked without shellcheck: ${skipped}` : `${distinct} scripts checked`)

  for (const problem of problems) console.error(`✗ ${problem}`)
  if (problems.length > 0) throw new PipelineError(`${problems.length} problems`)
}

if (import.meta.main) {
  main().catch((error: Error) => {
    console.error(error instanceof PipelineError ? error.message : error)
    process.exitCode = 1
  })
}
