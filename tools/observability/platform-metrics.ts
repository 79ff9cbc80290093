import type { Metric } from "./metric.ts"

/**
 * Metrics of others that queries may name, with the labels that they may name. Prometheus' own `up`; kube-state-metrics
 * 2.14 (docs/metrics/workload); cAdvisor; Envoy's cluster statistics as its Prometheus endpoint names them, of which
 * the canaries' metrics use the same.
 */
export const platformMetrics = {
  up: { kind: "gauge", unit: "1", labels: [] },
  kube_deployment_spec_replicas: { kind: "gauge", unit: "{replica}", labels: ["deployment"] },
  kube_deployment_status_replicas_available: { kind: "gauge", unit: "{replica}", labels: ["deployment"] },
  kube_pod_container_status_restarts_total: { kind: "counter", unit: "{restart}", labels: [] },
  kube_pod_container_resource_limits: { kind: "gauge", unit: "By", labels: ["resource"] },
  container_memory_working_set_bytes: { kind: "gauge", unit: "By", labels: [] },
  envoy_cluster_upstream_rq_xx: {
    kind: "counter",
    unit: "1",
    labels: ["envoy_cluster_name", "envoy_response_code_class"],
  },
  envoy_cluster_upstream_rq_time: { kind: "histogram", unit: "ms", labels: ["envoy_cluster_name"] },
} as const satisfies Record<string, Metric>
