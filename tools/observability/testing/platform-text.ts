import type { Metric } from "../metric.ts"
import { platformMetrics } from "../platform-metrics.ts"

const pod = { namespace: "eshop", pod: "catalog-http-0", container: "functions" }

/** What a series of the platform's is told apart by; `up` is Prometheus' own. */
const samples: Readonly<
  Record<Exclude<keyof typeof platformMetrics, "up">, readonly Record<string, string>[]>
> = {
  kube_deployment_spec_replicas: [{ namespace: "eshop", deployment: "catalog-http-primary" }],
  kube_deployment_status_replicas_available: [{ namespace: "eshop", deployment: "catalog-http-primary" }],
  kube_pod_container_status_restarts_total: [pod],
  kube_pod_container_resource_limits: [{ ...pod, resource: "memory" }],
  container_memory_working_set_bytes: [pod],
  envoy_cluster_upstream_rq_xx: ["2", "5"].map((envoy_response_code_class) => ({
    envoy_cluster_name: "httproute/eshop/catalog/rule/0/backend/0",
    envoy_response_code_class,
  })),
  envoy_cluster_upstream_rq_time: [{ envoy_cluster_name: "httproute/eshop/catalog/rule/0/backend/0" }],
}

const labelsOf = (labels: Record<string, string>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(",")

/** The platform's metrics as their exporters would serve them. */
export function platformText(scrape: number): string {
  return Object.entries(samples)
    .flatMap(([name, series]) => {
      const { kind } = (platformMetrics as Record<string, Metric>)[name] as Metric
      const lines = series.flatMap((labels) =>
        kind === "histogram"
          ? [
              ...["100", "+Inf"].map((le) => `${name}_bucket{${labelsOf({ ...labels, le })}} ${scrape}`),
              `${name}_sum{${labelsOf(labels)}} ${scrape * 50}`,
              `${name}_count{${labelsOf(labels)}} ${scrape}`,
            ]
          : [`${name}{${labelsOf(labels)}} ${kind === "counter" ? scrape : 1}`],
      )
      return [`# TYPE ${name} ${kind}`, ...lines]
    })
    .join("\n")
    .concat("\n")
}
