// `npm run gitops:check`: builds every cluster of infra/gitops as Flux would and checks all that can be known without
// one: schemas, references, selectors, scalers, variables, and the charts' rendering. Prints one line per problem.
import { join } from "node:path"
import { root } from "../apps.ts"
import { type AppSettings, appProblems, settingProblems } from "./app-settings.ts"
import { alertProblems, canaryProblems, policyProblems } from "./delivery.ts"
import { buildCluster } from "./flux.ts"
import { type Environment, environments, type Values, whyNoRenderer } from "./helm.ts"
import { type Manifest, nameOf, ofKind } from "./manifests.ts"
import { kubectl, whyMissing } from "./programs.ts"
import { referenceProblems, storeProblems } from "./references.ts"
import { releaseProblems, renderReleases } from "./releases.ts"
import { routingProblems } from "./routing.ts"
import { readDurableLimits, readEntities, scalerMetadataProblems } from "./scalers.ts"
import { schemaProblems } from "./schemas.ts"
import { scrapingProblems } from "./scraping.ts"

export interface ClusterReport {
  problems: string[]
  /** Objects that Flux and Helm would apply. */
  objects: Manifest[]
  /** App settings by release: what the pods of an app get. */
  settings: Map<string, AppSettings>
}

/**
 * Checks one cluster.
 * @param repository root of the repository, or of a copy with planted mistakes
 */
export function checkCluster(repository: string, environment: Environment): ClusterReport {
  const { manifests, problems } = buildCluster(repository, environment)
  const chart = join(repository, "infra/charts/function-app")
  const { rendered, problems: renderProblems, values, complete } = renderReleases(manifests, chart)
  const objects = [...manifests, ...rendered]
  const settings = new Map([...values].map(([release, own]) => [release, settingsOf(own)] as const))
  const shop = objects.filter(({ metadata }) => metadata.namespace === "eshop")
  const found = [
    ...problems,
    ...objects.flatMap(schemaProblems),
    ...releaseProblems(manifests),
    ...renderProblems,
    // Where a release does not render, all that refers to it would be complained of as well.
    ...(complete ? [...referenceProblems(shop, clusterWide(objects)), ...canaryProblems(objects)] : []),
    ...(complete
      ? [...routingProblems(objects), ...scrapingProblems(objects), ...settingProblems(settings, shop)]
      : []),
    ...ofKind(objects, "ExternalSecret")
      .filter(({ metadata }) => metadata.namespace !== "eshop")
      .flatMap((secret) => storeProblems(secret, clusterWide(objects))),
    ...priorityProblems(objects),
    ...scalerMetadataProblems(
      objects,
      readEntities(join(repository, "infra/service-bus/entities.json")),
      readDurableLimits(join(repository, "host.json")),
    ),
    ...alertProblems(objects),
    ...policyProblems(environment, objects),
  ]
  return { problems: found.map((problem) => `${environment}: ${problem}`), objects, settings }
}

/** What the shop's namespace may refer to outside itself. */
function clusterWide(objects: Manifest[]): Set<string> {
  return new Set(
    ofKind(objects, "ClusterSecretStore").map(({ metadata }) => `ClusterSecretStore/${metadata.name}`),
  )
}

function priorityProblems(objects: Manifest[]): string[] {
  const classes = new Set(ofKind(objects, "PriorityClass").map(({ metadata }) => metadata.name))
  return ofKind(objects, "Deployment").flatMap((deployment) => {
    const { priorityClassName } = deployment.spec.template.spec
    return priorityClassName && !classes.has(priorityClassName)
      ? [`${nameOf(deployment)}: PriorityClass ${priorityClassName} does not exist`]
      : []
  })
}

function settingsOf({ config = {}, externalSecret }: Values): AppSettings {
  const secrets = (externalSecret as { data?: object } | undefined)?.data ?? {}
  return { config: config as Record<string, string>, secrets: Object.keys(secrets) }
}

if (import.meta.main) {
  const missing = whyMissing(kubectl, ["version", "--client"]) ?? whyNoRenderer()
  if (missing) {
    console.log(`gitops:check skipped: ${missing}`)
  } else {
    const reports = environments.map((environment) => [environment, checkCluster(root, environment)] as const)
    const settings = await Promise.all(
      reports.map(([environment, report]) => appProblems(environment, report.settings)),
    )
    const problems = [...reports.flatMap(([, report]) => report.problems), ...settings.flat()]
    for (const problem of problems) console.error(problem)
    for (const [environment, { objects }] of reports) console.log(`${environment}: ${objects.length} objects`)
    if (problems.length > 0) {
      console.error(`${problems.length} problem(s)`)
      process.exitCode = 1
    }
  }
}
