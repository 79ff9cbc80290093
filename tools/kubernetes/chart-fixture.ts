// For the chart's tests: values to render it with.
import { mergeValues, renderChart, type Values } from "./helm.ts"
import type { Manifest } from "./manifests.ts"

/** The smallest values that render: one HTTP function and one worker function. */
export const minimal: Values = {
  image: { repository: "eshop.azurecr.io/eshop/catalog", tag: "1.2.3" },
  functions: { http: ["list-products"], worker: ["on-orders"] },
  hostKeys: { enabled: false },
}

/** Everything switched on that does not contradict. */
export const everything: Values = mergeValues(minimal, {
  functions: {
    http: ["list-products", "get-product"],
    worker: ["on-orders", "catch-up"],
    timers: ["catch-up"],
  },
  commonLabels: { "example.com/team": "shop" },
  image: { digest: `sha256:${"a".repeat(64)}`, pullSecrets: ["registry"] },
  route: {
    enabled: true,
    host: "catalog.example.com",
    gateway: { name: "shop", namespace: "gateways", sectionName: "https" },
  },
  autoscaling: { enabled: true, targetMemoryUtilizationPercentage: 80 },
  keda: {
    worker: { enabled: true },
    authentication: { identityId: "aaaaaaaa-0000-0000-0000-000000000005" },
    serviceBus: {
      namespace: "eshop",
      subscriptions: [{ topic: "ordering-events", subscription: "catalog", messageCount: 10 }],
      queues: [{ queue: "imports" }],
    },
    mssql: { enabled: true, host: "eshop.database.windows.net", database: "durable", username: "keda" },
    cron: [{ timezone: "Europe/Istanbul", start: "0 8 * * *", end: "0 20 * * *", desiredReplicas: 4 }],
  },
  workloadIdentity: { enabled: true, clientId: "aaaaaaaa-0000-0000-0000-000000000001", tenantId: "tenant" },
  config: { LEVEL: "info", LIMIT: 1_000_000, STRICT: true, RELEASE: "{{ .Release.Name }}" },
  externalSecret: { enabled: true, data: { CATALOG_DB: "catalog-db" } },
  hostKeys: { enabled: true, remoteKey: "catalog-host-keys" },
  serviceMonitor: { enabled: true, labels: { release: "prometheus" } },
  networkPolicy: { enabled: true, sqlRedirect: true, from: [{ podSelector: {} }] },
  nodeSelector: { "kubernetes.io/os": "linux" },
  tolerations: [{ key: "spot", operator: "Exists" }],
  priorityClassName: "eshop-critical",
  podAnnotations: { "example.com/note": "x" },
  env: [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
})

/** The chart's objects for the release `catalog`. */
export const render = (values: Values): Manifest[] => renderChart({ values, release: "catalog" })
