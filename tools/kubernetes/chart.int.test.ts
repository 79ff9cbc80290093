import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it, test } from "vitest"
import { apps } from "../apps.ts"
import { readmeTable } from "./chart-readme.ts"
import {
  chartFolder,
  environments,
  mergeValues,
  renderChart,
  renderNotes,
  type Values,
  valuesProblems,
  whyNoRenderer,
} from "./helm.ts"
import { type Manifest, ofKind } from "./manifests.ts"
import { referenceProblems } from "./references.ts"
import { schemaProblems } from "./schemas.ts"

const noRenderer = whyNoRenderer()
if (noRenderer) console.warn(`chart tests skipped: ${noRenderer}`)

/** The smallest values that render: one HTTP function and one worker function. */
const minimal: Values = {
  image: { repository: "eshop.azurecr.io/eshop/catalog", tag: "1.2.3" },
  functions: { http: ["list-products"], worker: ["on-orders"] },
  hostKeys: { enabled: false },
}

/** Everything switched on that does not contradict. */
const everything: Values = mergeValues(minimal, {
  functions: {
    http: ["list-products", "get-product"],
    worker: ["on-orders", "relay-outbox"],
    timers: ["relay-outbox"],
  },
  commonLabels: { "example.com/team": "shop" },
  image: { digest: `sha256:${"a".repeat(64)}`, pullSecrets: ["registry"] },
  ingress: {
    enabled: true,
    host: "shop.example.com",
    path: "/catalog",
    tls: { enabled: true, clusterIssuer: "letsencrypt" },
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

const render = (values: Values, valuesFiles: string[] = []) =>
  renderChart({ values, release: "catalog", valuesFiles })

const one = (manifests: Manifest[], kind: string, name: string): Manifest => {
  const found = ofKind(manifests, kind).filter(({ metadata }) => metadata.name === name)
  expect(found.map(({ metadata }) => metadata.name)).toEqual([name])
  return found[0] as Manifest
}

const containerOf = (manifests: Manifest[], name: string) =>
  one(manifests, "Deployment", name).spec.template.spec.containers[0]

const environmentOf = (manifests: Manifest[], name: string): Record<string, string> =>
  Object.fromEntries(
    containerOf(manifests, name).env.map(({ name: key, value }: { name: string; value: string }) => [
      key,
      value,
    ]),
  )

const kindsOf = (manifests: Manifest[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { kind } of manifests) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

const clusterWide = new Set(["ClusterSecretStore/key-vault"])

describe.skipIf(noRenderer)("the function-app chart", () => {
  describe.each([...environments])("in %s", (environment) => {
    it.each([...apps])("renders %s: every object fits its schema, every reference resolves", (app) => {
      const manifests = renderChart({
        values: mergeValues(everything, { service: { enabled: true } }),
        release: app,
        valuesFiles: [`environments/${environment}.yaml`],
      })
      expect(manifests.flatMap(schemaProblems)).toEqual([])
      expect(referenceProblems(manifests, clusterWide)).toEqual([])
      expect(new Set(manifests.map(({ metadata }) => metadata.namespace))).toEqual(new Set(["eshop"]))
    })
  })

  it("renders the least with the least values", () => {
    const manifests = render(minimal)
    expect(kindsOf(manifests)).toEqual({
      Deployment: 2,
      Service: 1,
      ServiceAccount: 1,
      PodDisruptionBudget: 2,
    })
    expect(manifests.flatMap(schemaProblems)).toEqual([])
    expect(referenceProblems(manifests)).toEqual([])
  })

  it("renders all of its kinds when all is switched on", () => {
    expect(kindsOf(render(everything))).toEqual({
      ConfigMap: 1,
      Deployment: 2,
      ExternalSecret: 2,
      HorizontalPodAutoscaler: 1,
      Ingress: 1,
      NetworkPolicy: 1,
      PodDisruptionBudget: 2,
      ScaledObject: 1,
      Service: 2,
      ServiceAccount: 1,
      ServiceMonitor: 1,
      TriggerAuthentication: 1,
    })
  })

  it("gives each Deployment its own functions and both the same host id", () => {
    const manifests = render(everything)
    const http = environmentOf(manifests, "catalog-http")
    const worker = environmentOf(manifests, "catalog-worker")
    const listed = (env: Record<string, string>) =>
      Object.entries(env).filter(([key]) => key.startsWith("AzureFunctionsJobHost__functions__"))
    expect(listed(http)).toEqual([
      ["AzureFunctionsJobHost__functions__0", "list-products"],
      ["AzureFunctionsJobHost__functions__1", "get-product"],
    ])
    expect(listed(worker)).toEqual([
      ["AzureFunctionsJobHost__functions__0", "on-orders"],
      ["AzureFunctionsJobHost__functions__1", "relay-outbox"],
    ])
    expect(http.AzureFunctionsWebHost__hostid).toBe("catalog")
    expect(worker.AzureFunctionsWebHost__hostid).toBe("catalog")
  })

  it("shortens the host id to the 32 characters that the host allows", () => {
    const manifests = render(
      mergeValues(minimal, { fullnameOverride: "a-release-name-of-more-than-32-characters" }),
    )
    const { AzureFunctionsWebHost__hostid } = environmentOf(
      manifests,
      "a-release-name-of-more-than-32-characters-http",
    )
    expect(AzureFunctionsWebHost__hostid).toBe("a-release-name-of-more-than-32-c")
  })

  it("mounts the host keys where the Functions host reads them", () => {
    const manifests = render(everything)
    const { volumeMounts, env } = containerOf(manifests, "catalog-http")
    expect(volumeMounts).toContainEqual({
      name: "host-keys",
      mountPath: "/run/secrets/functions-keys",
      readOnly: true,
    })
    expect(env).toContainEqual({ name: "AzureWebJobsSecretStorageType", value: "kubernetes" })
    const { volumes } = one(manifests, "Deployment", "catalog-http").spec.template.spec
    expect(volumes).toContainEqual({ name: "host-keys", secret: { secretName: "catalog-host-keys" } })
    expect(one(manifests, "ExternalSecret", "catalog-host-keys").spec.dataFrom).toEqual([
      { extract: { key: "catalog-host-keys" } },
    ])
  })

  it("runs as nobody, with nothing to write but /tmp", () => {
    const { spec } = one(render(minimal), "Deployment", "catalog-http").spec.template
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 10001 })
    expect(spec.automountServiceAccountToken).toBe(false)
    expect(spec.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    })
    expect(spec.volumes).toEqual([{ name: "tmp", emptyDir: {} }])
  })

  it("scales the worker by each subscription, by the task hub's own recommendation and by the clock", () => {
    const manifests = render(everything)
    const { spec } = one(manifests, "ScaledObject", "catalog-worker")
    const authenticationRef = { name: "catalog-scaler" }
    expect(spec.triggers).toEqual([
      {
        type: "azure-servicebus",
        metadata: {
          namespace: "eshop",
          topicName: "ordering-events",
          subscriptionName: "catalog",
          messageCount: "10",
          activationMessageCount: "0",
        },
        authenticationRef,
      },
      {
        type: "azure-servicebus",
        metadata: {
          namespace: "eshop",
          queueName: "imports",
          messageCount: "32",
          activationMessageCount: "0",
        },
        authenticationRef,
      },
      {
        type: "mssql",
        metadata: {
          host: "eshop.database.windows.net",
          port: "1433",
          database: "durable",
          username: "keda",
          query: "SELECT dt.GetScaleRecommendation(64, 64)",
          targetValue: "1",
        },
        authenticationRef,
      },
      {
        type: "cron",
        metadata: {
          timezone: "Europe/Istanbul",
          start: "0 8 * * *",
          end: "0 20 * * *",
          desiredReplicas: "4",
        },
      },
    ])
    expect(spec.fallback).toEqual({ failureThreshold: 3, replicas: 2 })
    expect(one(manifests, "TriggerAuthentication", "catalog-scaler").spec).toEqual({
      podIdentity: { provider: "azure-workload", identityId: "aaaaaaaa-0000-0000-0000-000000000005" },
    })
  })

  it("authenticates scalers with connection strings where there is no workload identity", () => {
    const manifests = render(
      mergeValues(everything, { keda: { authentication: { provider: "secret", secretName: "scalers" } } }),
    )
    expect(one(manifests, "TriggerAuthentication", "catalog-scaler").spec).toEqual({
      secretTargetRef: [
        { parameter: "connection", name: "scalers", key: "serviceBus" },
        { parameter: "connectionString", name: "scalers", key: "sql" },
      ],
    })
    expect(referenceProblems(manifests, new Set([...clusterWide, "Secret/scalers"]))).toEqual([])
  })

  it("leaves the replicas to whoever scales, and fixes them when nobody does", () => {
    const replicas = (values: Values) =>
      ofKind(render(values), "Deployment").map(({ metadata, spec }) => [metadata.name, spec.replicas])
    expect(replicas(everything)).toEqual([
      ["catalog-http", undefined],
      ["catalog-worker", undefined],
    ])
    expect(replicas(minimal)).toEqual([
      ["catalog-http", 2],
      ["catalog-worker", 1],
    ])
  })

  it("brings the database up to date before either Deployment starts, with the app's own settings", () => {
    const manifests = render(mergeValues(everything, { migrations: { setting: "CATALOG_DB" } }))
    expect(manifests.flatMap(schemaProblems)).toEqual([])
    expect(referenceProblems(manifests, clusterWide)).toEqual([])
    for (const name of ["catalog-http", "catalog-worker"]) {
      const { initContainers, containers } = one(manifests, "Deployment", name).spec.template.spec
      expect(initContainers.length).toBe(1)
      expect(initContainers[0]).toMatchObject({
        image: containers[0].image,
        command: ["node", "/home/site/wwwroot/migrate.cjs", "CATALOG_DB"],
        envFrom: containers[0].envFrom,
        securityContext: containers[0].securityContext,
      })
    }
  })

  it("publishes below a path and strips it", () => {
    const { metadata, spec } = one(render(everything), "Ingress", "catalog")
    expect(metadata.annotations).toEqual({
      "nginx.ingress.kubernetes.io/use-regex": "true",
      "nginx.ingress.kubernetes.io/rewrite-target": "/$2",
      "cert-manager.io/cluster-issuer": "letsencrypt",
    })
    const [path] = spec.rules[0].http.paths
    expect(path.path).toBe("/catalog(/|$)(.*)")
    // What nginx makes of it: the prefix is gone, and a longer name is not taken for it.
    const rewrite = (url: string) => url.replace(new RegExp(`^${path.path}`), "/$2")
    expect(rewrite("/catalog/products/1")).toBe("/products/1")
    expect(rewrite("/catalog")).toBe("/")
    expect(rewrite("/catalogue")).toBe("/catalogue")
    expect(spec.tls).toEqual([{ hosts: ["shop.example.com"], secretName: "catalog-tls" }])
  })

  it("publishes at the root of a host of its own without rewriting", () => {
    const manifests = render(mergeValues(everything, { ingress: { path: "/", tls: { clusterIssuer: "" } } }))
    const { metadata, spec } = one(manifests, "Ingress", "catalog")
    expect(metadata.annotations).toBeUndefined()
    expect(spec.rules[0].http.paths[0]).toMatchObject({ path: "/", pathType: "Prefix" })
    expect(manifests.flatMap(schemaProblems)).toEqual([])
  })

  it("writes numbers into settings as they were given", () => {
    expect(one(render(everything), "ConfigMap", "catalog").data).toEqual({
      LEVEL: "info",
      LIMIT: "1000000",
      STRICT: "true",
      RELEASE: "catalog",
    })
  })

  it("labels pods with what selects them, and with no version of the chart that would restart them", () => {
    const { labels } = one(render(minimal), "Deployment", "catalog-http").spec.template.metadata
    expect(labels).toEqual({
      "app.kubernetes.io/name": "catalog-http",
      "app.kubernetes.io/instance": "catalog",
      "app.kubernetes.io/component": "http",
      "app.kubernetes.io/managed-by": "Helm",
    })
  })

  it("rolls the pods when a setting changes and only then", () => {
    const checksum = (values: Values) =>
      one(render(values), "Deployment", "catalog-http").spec.template.metadata.annotations["checksum/config"]
    const before = checksum(everything)
    expect(checksum(mergeValues(everything, { config: { LEVEL: "debug" } }))).not.toBe(before)
    expect(checksum(mergeValues(everything, { replicaCount: 5 }))).toBe(before)
  })

  it("reads secrets by the CSI driver under the names of the settings", () => {
    const manifests = render(
      mergeValues(everything, {
        externalSecret: { enabled: false },
        hostKeys: { enabled: false, remoteKey: "" },
        keyVaultCsi: {
          enabled: true,
          vaultName: "vault",
          tenantId: "tenant",
          data: { CATALOG_DB: "catalog-db" },
        },
      }),
    )
    const { spec } = one(manifests, "SecretProviderClass", "catalog")
    expect(spec.parameters.objects).toBe(
      "array:\n  - |\n    objectName: catalog-db\n    objectAlias: CATALOG_DB\n    objectType: secret\n",
    )
    expect(spec.secretObjects).toEqual([
      { secretName: "catalog", type: "Opaque", data: [{ key: "CATALOG_DB", objectName: "CATALOG_DB" }] },
    ])
    expect(manifests.flatMap(schemaProblems)).toEqual([])
    expect(referenceProblems(manifests)).toEqual([])
  })

  it("keeps the keys of the reference chart", () => {
    const manifests = renderChart({
      release: "app-placeholder",
      values: {
        releaseName: "catalog-service",
        fullnameOverride: "",
        replicaCount: 1,
        image: { repository: "registry.example.com/catalog", tag: "v1", pullPolicy: "Always" },
        service: { type: "ClusterIP", port: 8080, containerPort: 8080 },
        resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
        autoscaling: { enabled: true, minReplicas: 1, maxReplicas: 3, targetCPUUtilizationPercentage: 80 },
        serviceAccount: { create: true, name: "catalog", annotations: { "example.com/a": "b" } },
        envFrom: { configMap: "catalog-config", secret: "catalog-secret" },
        config: { LEVEL: "info" },
        secret: { PASSWORD: "x" },
        functions: { http: ["list-products"] },
        hostKeys: { enabled: false },
      },
    })
    expect(manifests.flatMap(schemaProblems)).toEqual([])
    expect(referenceProblems(manifests)).toEqual([])
    expect(manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort()).toEqual([
      "ConfigMap/catalog-config",
      "Deployment/catalog-service-http",
      "HorizontalPodAutoscaler/catalog-service-http",
      "PodDisruptionBudget/catalog-service-http",
      "Secret/catalog-secret",
      "Service/catalog-service",
      "ServiceAccount/catalog",
    ])
    expect(containerOf(manifests, "catalog-service-http").envFrom).toEqual([
      { configMapRef: { name: "catalog-config" } },
      { secretRef: { name: "catalog-secret" } },
    ])
  })

  it("says in its notes what runs and where", () => {
    const notes = renderNotes({ values: everything, release: "catalog" })
    expect(notes).toContain("HTTP functions (2): Deployment catalog-http")
    expect(notes).toContain("https://shop.example.com/catalog")
    expect(notes).toContain("scaled by KEDA from 1 to 10")
    expect(
      renderNotes({ values: { ...minimal, hostKeys: { enabled: true } }, release: "catalog" }),
    ).toContain("Secret catalog-host-keys, which must exist")
  })

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
    ["an ingress without host", { ingress: { enabled: true } }, "ingress.enabled needs ingress.host"],
    [
      "an ingress without functions",
      { ingress: { enabled: true, host: "a.example.com" }, functions: { http: [] } },
      "ingress.enabled needs functions.http",
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
      "CSI without a vault",
      { keyVaultCsi: { enabled: true } },
      "keyVaultCsi.enabled needs vaultName, tenantId and data",
    ],
    [
      "CSI without identity",
      { keyVaultCsi: { enabled: true, vaultName: "v", tenantId: "t", data: { A: "a" } } },
      "keyVaultCsi.enabled needs workloadIdentity.enabled",
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

test("the README's table says what values.yaml says", () => {
  const readme = readFileSync(join(chartFolder, "README.md"), "utf8")
  expect(readme).toContain(readmeTable(readFileSync(join(chartFolder, "values.yaml"), "utf8")))
})
