import { describe, expect, it } from "vitest"
import { everything, minimal, render } from "./chart-fixture.ts"
import { mergeValues, type Values, valuesProblems, whyNoRenderer } from "./helm.ts"

const noRenderer = whyNoRenderer()
if (noRenderer) console.warn(`chart tests skipped: ${noRenderer}`)

describe.skipIf(noRenderer)("the function-app chart", () => {
  const contradictions: [string, Values, string][] = [
    ["no image", { image: { repository: "" } }, "image.repository is required"],
    [
      "the tag latest",
      { image: { tag: "latest" } },
      "image.tag must not be latest: a rollback could not name what ran before",
    ],
    [
      "no function",
      { functions: { http: [], worker: [] } },
      "functions.http and functions.worker are both empty: nothing to run",
    ],
    [
      "a function twice",
      { functions: { worker: ["list-products"] } },
      "function list-products is in functions.http and in functions.worker",
    ],
    [
      "a timer that does not run",
      { functions: { timers: ["nightly"] } },
      "function nightly is in functions.timers but not in functions.worker",
    ],
    [
      "two scalers",
      { autoscaling: { enabled: true }, keda: { http: { enabled: true } } },
      "autoscaling.enabled and keda.http.enabled both scale the HTTP Deployment: choose one",
    ],
    [
      "HPA bounds",
      { autoscaling: { enabled: true, minReplicas: 11 } },
      "autoscaling.minReplicas is greater than autoscaling.maxReplicas",
    ],
    [
      "KEDA bounds",
      { keda: { worker: { minReplicaCount: 11 } } },
      "keda.worker.minReplicaCount is greater than keda.worker.maxReplicaCount",
    ],
    [
      "a route without host",
      { route: { enabled: true, gateway: { name: "shop" } } },
      "route.enabled needs route.host and route.gateway.name",
    ],
    [
      "a route without Gateway",
      { route: { enabled: true, host: "a.example.com", gateway: { sectionName: "https" } } },
      "route.enabled needs route.host and route.gateway.name",
    ],
    [
      "a route without functions",
      { route: { enabled: true, host: "a.example.com", gateway: { name: "shop" } }, functions: { http: [] } },
      "route.enabled needs functions.http",
    ],
    [
      "two sources of secrets",
      { secret: { A: "x" }, existingSecret: "s" },
      "secret app settings come from one place, not from secret and existingSecret",
    ],
    [
      "two names of one secret",
      { existingSecret: "a", envFrom: { secret: "b" } },
      "existingSecret and envFrom.secret name different Secrets",
    ],
    [
      "an empty external secret",
      { externalSecret: { enabled: true } },
      "externalSecret.enabled needs externalSecret.data",
    ],
    [
      "a setting in clear and secret",
      { config: { A: "x" }, secret: { A: "x" } },
      "app setting A is in config and among the secrets",
    ],
    [
      "migrations of an unknown database",
      { migrations: { setting: "A_DB" } },
      "migrations.setting A_DB is not among the app settings",
    ],
    [
      "identity without client id",
      { workloadIdentity: { enabled: true } },
      "workloadIdentity.enabled needs workloadIdentity.clientId",
    ],
    [
      "identity without account",
      { workloadIdentity: { enabled: true, clientId: "c" }, serviceAccount: { create: false } },
      "workloadIdentity.enabled needs a ServiceAccount: serviceAccount.create or serviceAccount.name",
    ],
    [
      "KEDA without a worker",
      { keda: { worker: { enabled: true } }, functions: { worker: [] } },
      "keda.worker.enabled needs worker.enabled and functions.worker",
    ],
    [
      "KEDA without a trigger",
      { keda: { worker: { enabled: true } } },
      "keda.worker.enabled needs a trigger: serviceBus, mssql or cron",
    ],
    [
      "a timer that would sleep",
      {
        functions: { timers: ["on-orders"] },
        keda: { worker: { enabled: true, minReplicaCount: 0 }, mssql: { enabled: true } },
      },
      "keda.worker.minReplicaCount 0 would stop the timer on-orders",
    ],
    [
      "Service Bus without a namespace",
      {
        keda: {
          worker: { enabled: true },
          serviceBus: { subscriptions: [{ topic: "t", subscription: "s" }] },
        },
      },
      "keda.serviceBus.namespace is required with subscriptions or queues",
    ],
    [
      "scaler secret without name",
      {
        keda: { worker: { enabled: true }, mssql: { enabled: true }, authentication: { provider: "secret" } },
      },
      "keda.authentication.provider secret needs keda.authentication.secretName",
    ],
    [
      "the durable scaler without a database",
      { keda: { worker: { enabled: true }, mssql: { enabled: true } } },
      "keda.mssql.enabled needs host, database and username",
    ],
    [
      "host keys off and on",
      { hostKeys: { remoteKey: "k" } },
      "hostKeys.remoteKey is set but hostKeys.enabled is false",
    ],
  ]
  it.each(contradictions)("refuses %s", (_, change, message) => {
    expect(() => render(mergeValues(minimal, change))).toThrow(
      new Error(`templates/deployment-http.yaml: ${message}`),
    )
  })
})

describe("the schema of the chart's values", () => {
  const refused: [string, Values, string[]][] = [
    ["an unknown key", { replicas: 3 }, ["values: must NOT have additional properties (replicas)"]],
    [
      "a misspelt nested key",
      { autoscaling: { minReplica: 3 } },
      ["values: autoscaling must NOT have additional properties (minReplica)"],
    ],
    ["a wrong type", { replicaCount: "two" }, ["values: replicaCount must be integer"]],
    [
      "a port of the privileged range",
      { service: { containerPort: 80 } },
      ["values: service.containerPort must be >= 1025"],
    ],
    [
      "an unknown pull policy",
      { image: { pullPolicy: "Sometimes" } },
      ["values: image.pullPolicy must be equal to one of the allowed values (Always, IfNotPresent, Never)"],
    ],
    [
      "a subscription without a name",
      { keda: { serviceBus: { subscriptions: [{ topic: "t" }] } } },
      ["values: keda.serviceBus.subscriptions.0 must have required property 'subscription'"],
    ],
    ["root", { securityContext: { runAsUser: 0 } }, ["values: securityContext.runAsUser must be >= 1"]],
  ]
  it.each(refused)("refuses %s", (_, change, problems) => {
    expect(valuesProblems(mergeValues(minimal, change))).toEqual(problems)
  })

  it("accepts the defaults and everything switched on", () => {
    expect(valuesProblems({})).toEqual([])
    expect(valuesProblems(everything)).toEqual([])
  })
})
