import type { Environment } from "./helm.ts"
import { type Manifest, nameOf, ofKind } from "./manifests.ts"
import { dataPlane } from "./routing.ts"

const has = (manifests: Manifest[], kind: string, name: string, namespace: string | undefined): boolean =>
  ofKind(manifests, kind).some(({ metadata }) => metadata.name === name && metadata.namespace === namespace)

/** Checks the canaries: what they point at exists, is an HTTP Deployment, and has its checks and alerts. */
export function canaryProblems(manifests: Manifest[]): string[] {
  return ofKind(manifests, "Canary").flatMap((canary) => {
    const { targetRef, autoscalerRef, service, analysis } = canary.spec
    const { namespace } = canary.metadata
    const problems: string[] = []
    for (const { kind, name } of [targetRef, autoscalerRef]) {
      if (!has(manifests, kind, name, namespace)) problems.push(`${kind} ${name} does not exist`)
    }
    const deployment = ofKind(manifests, "Deployment").find(
      ({ metadata }) => metadata.name === targetRef.name,
    )
    const component = deployment?.spec.template.metadata.labels["app.kubernetes.io/component"]
    if (deployment && component !== "http") {
      problems.push(`a canary of a ${component} would take real messages whatever its weight`)
    }
    if (has(manifests, "Service", service.name, namespace)) {
      problems.push(`Service ${service.name} is Flagger's to make, but the chart makes it too`)
    }
    for (const metric of analysis.metrics) {
      problems.push(
        ...metricProblems(metric, canary, manifests).map((found) => `metric ${metric.name}: ${found}`),
      )
    }
    for (const { name, providerRef } of analysis.alerts ?? []) {
      if (!has(manifests, "AlertProvider", providerRef.name, providerRef.namespace ?? namespace)) {
        problems.push(`alert ${name}: AlertProvider ${providerRef.name} does not exist`)
      }
    }
    return problems.map((problem) => `${nameOf(canary)}: ${problem}`)
  })
}

/** What Envoy counts per backend of a route, as its Prometheus endpoint names it. */
const countedByEnvoy = new Set(["envoy_cluster_upstream_rq_xx", "envoy_cluster_upstream_rq_time_bucket"])

/** Flagger's route has the primary as backend 0 and the canary as backend 1; so Envoy Gateway names their clusters. */
const canaryCluster = 'envoy_cluster_name="httproute/{{ namespace }}/{{ service }}/rule/0/backend/1"'

interface Metric {
  name: string
  templateRef?: { name: string; namespace?: string }
}

/** Checks that a canary's metric is counted, scraped, and counted apart from the primary. */
function metricProblems({ templateRef }: Metric, canary: Manifest, manifests: Manifest[]): string[] {
  // Flagger's built-in metrics of the Gateway API ask the pods themselves.
  if (!templateRef) return ["no pod of the shop counts its requests for Flagger: name a MetricTemplate"]
  const { name, namespace = canary.metadata.namespace } = templateRef
  const template = ofKind(manifests, "MetricTemplate").find(
    ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
  )
  if (!template) return [`MetricTemplate ${name} does not exist`]
  const asked = [...(template.spec.query as string).matchAll(/\b([a-z_]+)\{(.*?)\}\[/g)].map(
    ([, metric = "", labels = ""]) => ({ metric, labels }),
  )
  const scraped = ofKind(manifests, "PodMonitor").some(
    ({ metadata, spec }) =>
      metadata.namespace === dataPlane.namespace &&
      Object.entries(spec.selector.matchLabels).every(([key, value]) => dataPlane.labels[key] === value),
  )
  const apart = ofKind(manifests, "BackendTrafficPolicy").flatMap(({ spec }) =>
    spec.loadBalancer?.zoneAware?.preferLocal
      ? spec.targetRefs.map((target: { name: string }) => target.name)
      : [],
  )
  return [
    ...asked
      .filter(({ metric }) => !countedByEnvoy.has(metric))
      .map(({ metric }) => `Envoy does not count ${metric}`),
    ...(asked.length > 0 && asked.every(({ labels }) => labels.includes(canaryCluster))
      ? []
      : [`asks for something else than ${canaryCluster}`]),
    ...(scraped ? [] : ["no PodMonitor reads what the Gateway's proxies count"]),
    ...(canary.spec.service.gatewayRefs ?? [])
      .filter((gateway: { name: string }) => !apart.includes(gateway.name))
      .map(
        (gateway: { name: string }) =>
          `without zoneAware.preferLocal on Gateway ${gateway.name} canary and primary are counted as one`,
      ),
  ]
}

/** Checks that alert providers find their secret and alerts their provider. */
export function alertProblems(manifests: Manifest[]): string[] {
  const secretOf = (name: string, namespace: string | undefined) =>
    ofKind(manifests, "ExternalSecret").some(
      ({ metadata, spec }) => spec.target.name === name && metadata.namespace === namespace,
    )
  return [
    ...[...ofKind(manifests, "Provider"), ...ofKind(manifests, "AlertProvider")]
      .filter(({ metadata, spec }) => spec.secretRef && !secretOf(spec.secretRef.name, metadata.namespace))
      .map((provider) => `${nameOf(provider)}: Secret ${provider.spec.secretRef.name} does not exist`),
    ...ofKind(manifests, "Alert")
      .filter(({ metadata, spec }) => !has(manifests, "Provider", spec.providerRef.name, metadata.namespace))
      .map((alert) => `${nameOf(alert)}: Provider ${alert.spec.providerRef.name} does not exist`),
  ]
}

/** Rules that hold in a cluster beyond what makes it work. */
export function policyProblems(environment: Environment, objects: Manifest[]): string[] {
  const problems: string[] = []
  for (const automation of ofKind(objects, "ImageUpdateAutomation")) {
    problems.push(`${nameOf(automation)}: the pipelines write every tag, and nobody else may`)
  }
  for (const secret of ofKind(objects, "Secret")) {
    problems.push(`${nameOf(secret)}: a secret in git; name it in externalSecret.data instead`)
  }
  if (environment !== "dev") {
    for (const scaler of ofKind(objects, "HorizontalPodAutoscaler")) {
      if (scaler.spec.minReplicas < 2) problems.push(`${nameOf(scaler)}: fewer than 2 replicas outside dev`)
    }
  }
  return problems
}
