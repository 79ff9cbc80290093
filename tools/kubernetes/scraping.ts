import { type Manifest, nameOf, ofKind } from "./manifests.ts"
import { isReachable } from "./routing.ts"

type Labels = Record<string, string>

/** Where kube-prometheus-stack runs Prometheus, and how the operator labels its pods. */
const prometheus = {
  namespace: "observability",
  labels: { "app.kubernetes.io/name": "prometheus" } as Labels,
}

/** The HTTP function that serves an app's metrics. */
const metricsFunction = "metrics"

const matches = (selector: Labels, labels: Labels): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value)

/** Checks that what a ServiceMonitor points at serves metrics, and that Prometheus may ask it. */
export function scrapingProblems(manifests: Manifest[]): string[] {
  return ofKind(manifests, "ServiceMonitor").flatMap((monitor) => {
    const services = ofKind(manifests, "Service").filter(
      ({ metadata }) =>
        metadata.namespace === monitor.metadata.namespace &&
        matches(monitor.spec.selector.matchLabels, metadata.labels ?? {}),
    )
    const deployments = ofKind(manifests, "Deployment").filter(({ metadata, spec }) =>
      services.some(
        (service) =>
          service.metadata.namespace === metadata.namespace &&
          matches(service.spec.selector, spec.template.metadata.labels),
      ),
    )
    return deployments
      .flatMap((deployment) =>
        podProblems(deployment, manifests).map((problem) => `${nameOf(deployment)} ${problem}`),
      )
      .map((problem) => `${nameOf(monitor)}: ${problem}`)
  })
}

function podProblems(deployment: Manifest, manifests: Manifest[]): string[] {
  const [container] = deployment.spec.template.spec.containers as {
    env: { name: string; value?: string }[]
  }[]
  const env = container?.env ?? []
  const runs = env.some(
    ({ name, value }) => name.startsWith("AzureFunctionsJobHost__functions__") && value === metricsFunction,
  )
  const serves = env.some(({ name, value }) => name === "OTEL_METRICS_EXPORTER" && value === "prometheus")
  return [
    ...(runs ? [] : [`does not run the function ${metricsFunction}`]),
    ...(serves ? [] : ["does not serve metrics: OTEL_METRICS_EXPORTER is not prometheus"]),
    ...(isReachable(deployment, manifests, prometheus)
      ? []
      : ["is closed to Prometheus by its NetworkPolicy"]),
  ]
}
