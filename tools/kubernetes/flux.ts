import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Environment } from "./helm.ts"
import { readYaml } from "./helm.ts"
import { type Manifest, nameOf, ofKind, parseManifests } from "./manifests.ts"
import { run } from "./programs.ts"

/** Where Flux's own objects live, and the source that `flux bootstrap` or Terraform makes there. */
export const fluxNamespace = "flux-system"
const bootstrapped = new Set(["GitRepository flux-system/flux-system"])

type Variables = Record<string, string>

export interface Substitution {
  text: string
  used: Set<string>
  undefinedNames: Set<string>
}

/**
 * Replaces `${name}`, `${name:=default}` and `${name:-default}` as Flux's postBuild does; `$${name}` is left as
 * `${name}`. A name without value and default is kept, and reported.
 */
export function substitute(text: string, variables: Variables): Substitution {
  const used = new Set<string>()
  const undefinedNames = new Set<string>()
  const replaced = text.replace(
    /\$?\$\{([_a-zA-Z][_a-zA-Z0-9]*)(?::[=-]([^}]*))?\}/g,
    (whole, name: string, fallback: string | undefined) => {
      if (whole.startsWith("$$")) return whole.slice(1)
      used.add(name)
      const value = variables[name] ?? fallback
      if (value === undefined) undefinedNames.add(name)
      return value ?? whole
    },
  )
  return { text: replaced, used, undefinedNames }
}

/** Everything that Flux would apply to one cluster, and what is wrong on the way there. */
export interface Cluster {
  environment: Environment
  manifests: Manifest[]
  problems: string[]
}

/**
 * Builds a cluster's tree as Flux does: the files of clusters/<environment>, then the path of every Flux
 * Kustomization found there, with its variables.
 * @param repository root of the git repository that the paths are relative to
 */
export function buildCluster(repository: string, environment: Environment): Cluster {
  const problems: string[] = []
  const clusters = join(repository, "infra/gitops/clusters")
  const fromTerraform = readYaml(join(clusters, "terraform-variables.yaml")) as Variables
  const folder = join(clusters, environment)
  const usedOfTerraform = new Set<string>()
  const manifests = readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .flatMap((file) => {
      const { text, used, undefinedNames } = substitute(
        readFileSync(join(folder, file), "utf8"),
        fromTerraform,
      )
      for (const name of used) usedOfTerraform.add(name)
      for (const name of undefinedNames) {
        problems.push(`clusters/${environment}/${file}: Terraform hands over no variable ${name}`)
      }
      return parseManifests(text, `clusters/${environment}/${file}`)
    })
  for (const name of Object.keys(fromTerraform)) {
    if (!usedOfTerraform.has(name))
      problems.push(`clusters/${environment}: Terraform's variable ${name} is not used`)
  }

  const kustomizations = ofKind(manifests, "Kustomization")
  problems.push(...kustomizations.flatMap((item) => wiringProblems(item, kustomizations, repository)))
  problems.push(...cycleProblems(kustomizations))
  const usedSettings = new Set<string>()
  const awaited = new Set(kustomizations.flatMap(({ spec }) => (spec.dependsOn ?? []).map(nameOnly)))
  const built = kustomizations
    .filter(({ spec }) => existsSync(join(repository, spec.path)))
    .flatMap((kustomization) => {
      const { variables, missing } = variablesOf(kustomization, manifests)
      problems.push(...missing)
      const output = run("kubectl", ["kustomize", join(repository, kustomization.spec.path)])
      // Without postBuild Flux substitutes nothing.
      const { text, used, undefinedNames } = kustomization.spec.postBuild
        ? substitute(output, variables)
        : { text: output, used: [], undefinedNames: [] }
      for (const name of used) usedSettings.add(name)
      for (const name of undefinedNames) {
        problems.push(`${nameOf(kustomization)}: postBuild variable ${name} is not defined`)
      }
      const applied = parseManifests(text, kustomization.spec.path)
      if (awaited.has(kustomization.metadata.name)) problems.push(...waitingProblems(kustomization, applied))
      return applied
    })
  const settings = manifests.find(
    ({ kind, metadata }) => kind === "ConfigMap" && metadata.name === "cluster-settings",
  )
  for (const name of Object.keys(settings?.data ?? {})) {
    if (!usedSettings.has(name)) problems.push(`cluster-settings: ${name} is not used by any Kustomization`)
  }
  return { environment, manifests: [...manifests, ...built], problems }
}

function wiringProblems(kustomization: Manifest, all: Manifest[], repository: string): string[] {
  const { sourceRef, path, dependsOn = [] } = kustomization.spec
  const problems: string[] = []
  const source = `${sourceRef.kind} ${sourceRef.namespace ?? kustomization.metadata.namespace}/${sourceRef.name}`
  if (!bootstrapped.has(source)) problems.push(`sourceRef ${source} does not exist`)
  if (!existsSync(join(repository, path, "kustomization.yaml"))) {
    problems.push(`path ${path} has no kustomization.yaml`)
  }
  for (const { name } of dependsOn) {
    if (!all.some(({ metadata }) => metadata.name === name)) problems.push(`dependsOn ${name} does not exist`)
  }
  return problems.map((problem) => `${nameOf(kustomization)}: ${problem}`)
}

const nameOnly = ({ name }: { name: string }): string => name

/** An ExternalSecret is ready when a person has filled the vault: others must not wait for that. */
function waitingProblems(kustomization: Manifest, applied: Manifest[]): string[] {
  return ofKind(applied, "ExternalSecret").map(
    (secret) => `${nameOf(kustomization)}: others wait for it, and it for ${nameOf(secret)}`,
  )
}

/** Objects that wait for each other wait for ever. Works for Kustomizations and for HelmReleases. */
export function cycleProblems(items: Manifest[]): string[] {
  const key = (name: string, namespace: string | undefined) => `${namespace}/${name}`
  const waitsFor = new Map(
    items.map(({ metadata, spec }) => [
      key(metadata.name, metadata.namespace),
      ((spec.dependsOn ?? []) as { name: string; namespace?: string }[]).map(({ name, namespace }) =>
        key(name, namespace ?? metadata.namespace),
      ),
    ]),
  )
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    (waitsFor.get(from) ?? []).some((next) => {
      if (next === to) return true
      if (seen.has(next)) return false
      seen.add(next)
      return reaches(next, to, seen)
    })
  return items
    .filter(({ metadata }) => {
      const own = key(metadata.name, metadata.namespace)
      return reaches(own, own)
    })
    .map((item) => `${nameOf(item)}: dependsOn leads back to itself`)
}

function variablesOf(
  kustomization: Manifest,
  manifests: Manifest[],
): { variables: Variables; missing: string[] } {
  const { substitute: inline = {}, substituteFrom = [] } = kustomization.spec.postBuild ?? {}
  const missing: string[] = []
  const variables: Variables = {}
  for (const { kind, name, optional } of substituteFrom) {
    const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name)
    if (!found && !optional)
      missing.push(`${nameOf(kustomization)}: substituteFrom ${kind} ${name} does not exist`)
    Object.assign(variables, found?.data)
  }
  return { variables: { ...variables, ...inline }, missing }
}
