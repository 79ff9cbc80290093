import type { DashboardSpec } from "./panels.ts"

const app = 'job=~"$app"'

/** The processes. */
export const runtime: DashboardSpec = {
  uid: "eshop-runtime",
  title: "eShop: processes",
  description: "Memory, event loops, instances and restarts.",
  rows: [
    {
      title: "Processes",
      panels: [
        {
          title: "Instances that answer",
          description: "Pods whose metrics were read.",
          unit: "count",
          queries: [
            {
              expr: `sum by (job, component) (up{${app},namespace="eshop"})`,
              legend: "{{job}} {{component}}",
            },
          ],
        },
        {
          title: "Restarts, an hour at a time",
          description: "Of the container that runs the functions.",
          unit: "count",
          queries: [
            {
              expr: 'sum by (pod) (increase(kube_pod_container_status_restarts_total{namespace="eshop",container="functions"}[1h]))',
              legend: "{{pod}}",
            },
          ],
        },
        {
          title: "Memory of the Node process",
          description: "Resident memory; the host is not in it.",
          unit: "bytes",
          queries: [{ expr: `max by (job, pod) (process_memory_usage{${app}})`, legend: "{{pod}}" }],
        },
        {
          title: "Share of the container's memory",
          description: "Host and Node process together; at 100 % it is killed.",
          unit: "share",
          queries: [
            {
              expr: 'max by (namespace, pod) (container_memory_working_set_bytes{namespace="eshop",container="functions"}) / max by (namespace, pod) (kube_pod_container_resource_limits{namespace="eshop",container="functions",resource="memory"})',
              legend: "{{pod}}",
            },
          ],
        },
        {
          title: "Lateness of the event loop",
          description: "99th percentile. Above a quarter of a second something blocks it.",
          unit: "seconds",
          queries: [{ expr: `max by (job, pod) (nodejs_eventloop_delay_p99{${app}})`, legend: "{{pod}}" }],
        },
        {
          title: "Time at the Gateway",
          description: "What Envoy waits for the apps, the slowest hundredth.",
          unit: "milliseconds",
          queries: [
            {
              expr: 'histogram_quantile(0.99, sum by (le, envoy_cluster_name) (rate(envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name=~"httproute/eshop/.*"}[$__rate_interval])))',
              legend: "{{envoy_cluster_name}}",
            },
          ],
        },
      ],
    },
  ],
}
