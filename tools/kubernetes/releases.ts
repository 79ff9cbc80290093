import { join } from "node:path"
import { parse } from "yaml"
import { cycleProblems } from "./flux.ts"
import { mergeValues, readYaml, renderChart, type Values } from "./helm.ts"
import { likeKubernetes, type Manifest, nameOf, ofKind } from "./manifests.ts"

const exactVersion = /^v?\d+\.\d+\.\d+$/

/** Checks what a HelmRelease names: its chart's source and version, what it waits for, its namespace. */
export function releaseProblems(manifests: Manifest[]): string[] {
  const releases = ofKind(manifests, "HelmRelease")
  const namespaces = new Set([
    "flux-system",
    ...ofKind(manifests, "Namespace").map(({ metadata }) => metadata.name),
  ])
  const problems = releases.flatMap((release) => {
    const { chart, dependsOn = [] } = release.spec
    const own = release.metadata.namespace ?? ""
    const { sourceRef, version } = chart.spec
    const found: string[] = []
    const exists = (kind: string, name: string, namespace: string) =>
      ofKind(manifests, kind).some(
        ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
      )
    if (!namespaces.has(own)) found.push(`namespace ${own} does not exist`)
    if (!exists(sourceRef.kind, sourceRef.name, sourceRef.namespace ?? own)) {
      found.push(`${sourceRef.kind} ${sourceRef.namespace ?? own}/${sourceRef.name} does not exist`)
    }
    if (!exactVersion.test(version ?? "")) found.push(`chart version ${version} is not pinned`)
    for (const { name, namespace = own } of dependsOn) {
      if (!exists("HelmRelease", name, namespace)) found.push(`dependsOn ${namespace}/${name} does not exist`)
    }
    const { upgrade, driftDetection } = release.spec
    if (upgrade?.remediation?.strategy !== "rollback") found.push("a failed upgrade is not rolled back")
    if (driftDetection?.mode !== "enabled") found.push("drift is not detected")
    return found.map((problem) => `${nameOf(release)}: ${problem}`)
  })
  return [...problems, ...cycleProblems(releases)]
}

/**
 * The values of a HelmRelease: its `valuesFrom` in order, then its `values`.
 * @throws Error when a ConfigMap or key does not exist, or holds no YAML map
 */
export function releaseValues(release: Manifest, manifests: Manifest[]): Values {
  const { valuesFrom = [], values = {} } = release.spec
  const layers = (valuesFrom as { kind: string; name: string; valuesKey?: string }[]).map(
    ({ kind, name, valuesKey = "values.yaml" }) => {
      const found = ofKind(manifests, kind).find(
        ({ metadata }) => metadata.name === name && metadata.namespace === release.metadata.namespace,
      )
      const text = found?.data?.[valuesKey]
      if (text === undefined) throw new Error(`valuesFrom ${kind} ${name} has no key ${valuesKey}`)
      return (parse(text, likeKubernetes) ?? {}) as Values
    },
  )
  return [...layers, values as Values].reduce(mergeValues, {})
}

/** Renders every release of our own chart. Third-party charts are not at hand; their values stay unchecked. */
export function renderReleases(
  manifests: Manifest[],
  chart: string,
): { rendered: Manifest[]; problems: string[]; values: Map<string, Values>; complete: boolean } {
  const { name, version } = readYaml(join(chart, "Chart.yaml"))
  const rendered: Manifest[] = []
  const problems: string[] = []
  const values = new Map<string, Values>()
  let complete = true
  for (const release of ofKind(manifests, "HelmRelease").filter(
    ({ spec }) => spec.chart.spec.chart === name,
  )) {
    const { chart: template, releaseName = release.metadata.name } = release.spec
    if (template.spec.version !== version) {
      problems.push(`${nameOf(release)}: wants chart ${template.spec.version}, the repository has ${version}`)
    }
    try {
      const own = releaseValues(release, manifests)
      values.set(releaseName, own)
      rendered.push(
        ...renderChart({
          values: own,
          release: releaseName,
          namespace: release.metadata.namespace,
          chart,
          // The chart's own values.yaml is always below.
          valuesFiles: (template.spec.valuesFiles ?? []).filter((file: string) => file !== "values.yaml"),
        }),
      )
    } catch (error) {
      complete = false
      const lines = (error as Error).message.split("\n")
      problems.push(...lines.map((line) => `${nameOf(release)}: ${line}`))
    }
  }
  return { rendered, problems, values, complete }
}
