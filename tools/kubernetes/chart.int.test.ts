import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it, test } from "vitest"
import { apps } from "../apps.ts"
import { everything, minimal, render } from "./chart-fixture.ts"
import { readmeTable } from "./chart-readme.ts"
import {
  chartFolder,
  environments,
  mergeValues,
  renderChart,
  renderNotes,
  type Values,
  whyNoRenderer,
} from "./helm.ts"
import { type Manifest, ofKind } from "./manifests.ts"
import { referenceProblems } from "./references.ts"
import { schemaProblems } from "./schemas.ts"

const noRenderer = whyNoRenderer()
if (noRenderer) console.warn(`chart tests skipped: ${noRenderer}`)

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
        values: mergeValues(everything, { canary: { enabled: false } }),
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
      HTTPRoute: 1,
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
      ["AzureFunctionsJobHost__functions__1", "catch-up"],
      // Prometheus asks the worker too.
      ["AzureFunctionsJobHost__functions__2", "metrics"],
    ])
    expect([http.OTEL_METRICS_EXPORTER, worker.OTEL_METRICS_EXPORTER]).toEqual(["prometheus", "prometheus"])
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

  it("publishes the HTTP functions by a route of the Gateway", () => {
    const manifests = render(everything)
    expect(one(manifests, "HTTPRoute", "catalog").spec).toEqual({
      parentRefs: [{ name: "shop", namespace: "gateways", sectionName: "https" }],
      hostnames: ["catalog.example.com"],
      rules: [{ backendRefs: [{ name: "catalog", port: 80 }] }],
    })
    expect(one(manifests, "Service", "catalog").spec.ports[0].port).toBe(80)
  })

  it("leaves Service and route to Flagger where there is a canary", () => {
    const manifests = render(mergeValues(everything, { canary: { enabled: true } }))
    expect(ofKind(manifests, "HTTPRoute")).toEqual([])
    expect(ofKind(manifests, "Service").map(({ metadata }) => metadata.name)).toEqual(["catalog-metrics"])
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
    expect(notes).toContain("https://catalog.example.com/")
    expect(notes).toContain("scaled by KEDA from 1 to 10")
    expect(
      renderNotes({ values: { ...minimal, hostKeys: { enabled: true } }, release: "catalog" }),
    ).toContain("Secret catalog-host-keys, which must exist")
  })
})

test("the README's table says what values.yaml says", () => {
  const readme = readFileSync(join(chartFolder, "README.md"), "utf8")
  expect(readme).toContain(readmeTable(readFileSync(join(chartFolder, "values.yaml"), "utf8")))
})
