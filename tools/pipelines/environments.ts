// .azure-pipelines/environments.yaml: what differs from one organisation to the next.
import { isMap, isScalar, isSeq, type YAMLMap } from "yaml"
import { mistake, readSource, type Source } from "./source.ts"

export const environmentsFile = ".azure-pipelines/environments.yaml"

/** A text of the file and the node that it stands in. */
export interface Entry {
  readonly value: string
  readonly node: unknown
}

export interface Environments {
  readonly source: Source
  /** The stacks whose profiles are committed. */
  readonly stacks: readonly Entry[]
  /** Values that take the place of the templates' defaults, by parameter. */
  readonly defaults: ReadonlyMap<string, Entry>
  readonly hosting: string
  readonly sca: string
  readonly environments: readonly Readonly<Record<string, string>>[]
  /** Values of the profile's parameters, by app and parameter. */
  readonly applications: ReadonlyMap<
    string,
    { readonly node: unknown; readonly parameters: ReadonlyMap<string, Entry> }
  >
}

const environmentKeys = [
  "name",
  "overlay",
  "terraform",
  "approval",
  "serviceConnection",
  "registry",
  "poolName",
  "resourceGroup",
  "appNamePrefix",
  "pagesAccount",
  "storefrontUrl",
]
const choices: Record<string, readonly string[]> = {
  hosting: ["aks", "flex"],
  sca: ["all", "none", "sonarqube", "trivy"],
  approval: ["true", "false"],
}
const topLevel = ["stacks", "defaults", "hosting", "sca", "environments", "applications"]

/**
 * Reads and checks the environments file.
 * @throws PipelineError that names file and line
 */
export function readEnvironments(root: string): Environments {
  const source = readSource(root, environmentsFile)
  const top = source.document.contents
  if (!isMap(top)) throw mistake(source, top, "the environments file is a mapping")
  for (const { key } of top.items) {
    if (!topLevel.includes(String(key))) throw mistake(source, key, `unknown setting "${key}"`)
  }
  const part = (name: string) => {
    const node = top.get(name, true)
    if (node === undefined) throw mistake(source, top, `"${name}" is missing`)
    return node
  }
  const chosen = (name: string) => choice(source, name, part(name))
  const list = (name: string) => {
    const node = part(name)
    if (!isSeq(node)) throw mistake(source, node, `"${name}" is a list`)
    return node.items
  }
  const applications = part("applications")
  if (!isMap(applications)) throw mistake(source, applications, '"applications" is a mapping')
  return {
    source,
    stacks: list("stacks").map((node) => ({ value: String(node), node })),
    defaults: entries(source, part("defaults")),
    hosting: chosen("hosting"),
    sca: chosen("sca"),
    environments: list("environments").map((item) => environment(source, item)),
    applications: new Map(
      applications.items.map(({ key, value }) => [
        String(key),
        { node: key, parameters: entries(source, value) },
      ]),
    ),
  }
}

function entries(source: Source, node: unknown): Map<string, Entry> {
  if (!isMap(node)) throw mistake(source, node, "a mapping of parameter and value is needed here")
  return new Map(
    node.items.map(({ key, value }) => {
      if (!isScalar(value)) throw mistake(source, key, `the value of "${key}" must be a text`)
      return [String(key), { value: String(value), node: key }]
    }),
  )
}

function choice(source: Source, name: string, node: unknown): string {
  const value = isScalar(node) ? String(node) : undefined
  const allowed = choices[name]
  if (value === undefined || (allowed && !allowed.includes(value))) {
    throw mistake(source, node, `"${name}" must be ${allowed ? `one of ${allowed.join(", ")}` : "a text"}`)
  }
  return value
}

function environment(source: Source, item: unknown): Record<string, string> {
  if (!isMap(item)) throw mistake(source, item, "an environment is a mapping")
  const map: YAMLMap = item
  for (const { key } of map.items) {
    if (!environmentKeys.includes(String(key))) throw mistake(source, key, `an environment has no "${key}"`)
  }
  return Object.fromEntries(
    environmentKeys.map((key) => {
      const node = map.get(key, true)
      if (node === undefined) throw mistake(source, item, `"${key}" of an environment is missing`)
      return [key, choice(source, key, node)]
    }),
  )
}
