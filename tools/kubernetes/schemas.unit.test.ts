import { describe, expect, it } from "vitest"
import { type Manifest, parseManifests } from "./manifests.ts"
import { type Entities, scalerMetadataProblems } from "./scalers.ts"
import { closed, schemaProblems } from "./schemas.ts"

describe("schemaProblems", () => {
  const service = (change: object): Manifest => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "api" },
    spec: { ports: [{ port: 80, targetPort: "http" }] },
    ...change,
  })

  it("accepts a Service, with a port by name or by number", () => {
    expect(schemaProblems(service({}))).toEqual([])
    expect(schemaProblems(service({ spec: { ports: [{ port: 80, targetPort: 8080 }] } }))).toEqual([])
  })

  it("refuses unknown fields, wrong types and missing fields of built-in kinds", () => {
    expect(schemaProblems(service({ spec: { ports: [{ targetport: "http", port: "80" }] } }))).toEqual([
      "Service api: spec.ports.0 must NOT have additional properties (targetport)",
      "Service api: spec.ports.0.port must be number",
    ])
    expect(schemaProblems(service({ spec: { ports: [{}] } }))).toEqual([
      "Service api: spec.ports.0 must have required property 'port'",
    ])
  })

  it("refuses unknown fields of custom kinds", () => {
    const scaled: Manifest = {
      apiVersion: "keda.sh/v1alpha1",
      kind: "ScaledObject",
      metadata: { name: "api" },
      spec: { scaleTargetRef: { name: "api" }, triggers: [], pollInterval: 5 },
    }
    expect(schemaProblems(scaled)).toEqual([
      "ScaledObject api: spec must NOT have additional properties (pollInterval)",
    ])
  })

  it("refuses kinds and versions that it does not know", () => {
    expect(
      schemaProblems({ apiVersion: "keda.sh/v1", kind: "ScaledObject", metadata: { name: "a" } }),
    ).toEqual(["ScaledObject a: no schema for keda.sh/v1 ScaledObject"])
  })

  it("refuses names and labels that the API server refuses", () => {
    expect(schemaProblems(service({ metadata: { name: "Api", labels: { a: "not a label" } } }))).toEqual([
      "Service Api: metadata.name is no DNS name",
      "Service Api: metadata.labels a: not a label is no label value",
    ])
  })
})

describe("closed", () => {
  it("closes objects with properties and leaves maps and free objects open", () => {
    const free = { type: "object", properties: {}, "x-kubernetes-preserve-unknown-fields": true }
    const map = { type: "object", additionalProperties: { type: "string" } }
    expect(closed({ type: "object", properties: { free, map } })).toEqual({
      type: "object",
      properties: { free, map },
      additionalProperties: false,
    })
  })
})

describe("parseManifests", () => {
  it("refuses a repeated key and a document that is no object of Kubernetes", () => {
    expect(() => parseManifests("a: 1\na: 2", "x.yaml")).toThrow("x.yaml: Map keys must be unique")
    expect(() => parseManifests("kind: Service", "x.yaml")).toThrow(
      "x.yaml: a document without apiVersion, kind or metadata.name",
    )
  })

  it("takes a bare yes for a boolean, as Kubernetes does", () => {
    const text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {A: yes, B: 'yes'}"
    expect(parseManifests(text, "x.yaml").flatMap(schemaProblems)).toEqual([
      "ConfigMap a: data.A must be string",
    ])
  })

  it("passes over empty documents", () => {
    expect(parseManifests("---\n---\n# nothing\n", "x.yaml")).toEqual([])
  })
})

describe("scalerMetadataProblems", () => {
  const entities: Entities = { queues: new Set(["imports"]), subscriptions: new Set(["orders/catalog"]) }
  const durable = { maxConcurrentOrchestratorFunctions: 10, maxConcurrentActivityFunctions: 20 }
  const problemsOf = (type: string, metadata: object) =>
    scalerMetadataProblems(
      [
        {
          apiVersion: "keda.sh/v1alpha1",
          kind: "ScaledObject",
          metadata: { name: "s" },
          spec: { triggers: [{ type, metadata }] },
        },
      ],
      entities,
      durable,
    )
  const bus = { namespace: "n", messageCount: "5" }

  it("accepts each scaler that the chart makes", () => {
    expect(
      problemsOf("azure-servicebus", { ...bus, topicName: "orders", subscriptionName: "catalog" }),
    ).toEqual([])
    expect(problemsOf("azure-servicebus", { ...bus, queueName: "imports" })).toEqual([])
    expect(
      problemsOf("mssql", { query: "SELECT dt.GetScaleRecommendation(10, 20)", targetValue: "1", host: "h" }),
    ).toEqual([])
    expect(
      problemsOf("cron", { timezone: "UTC", start: "0 8 * * *", end: "0 9 * * *", desiredReplicas: "2" }),
    ).toEqual([])
    expect(problemsOf("cpu", { value: "70" })).toEqual([])
  })

  it("refuses what KEDA would only find out at run time", () => {
    expect(problemsOf("azure-servicebus", { ...bus, topicName: "orders" })).toContain(
      "ScaledObject s: azure-servicebus must have required property 'subscriptionName'",
    )
    expect(problemsOf("azure-servicebus", { ...bus, queueName: "exports" })).toEqual([
      "ScaledObject s: azure-servicebus queue exports is not in entities.json",
    ])
    expect(problemsOf("azure-servicebus", { ...bus, messageCount: 5, queueName: "imports" })).toEqual([
      "ScaledObject s: azure-servicebus messageCount must be string",
    ])
    expect(
      problemsOf("mssql", { query: "SELECT dt.GetScaleRecommendation(10, 10)", targetValue: "1" }),
    ).toEqual([
      'ScaledObject s: mssql query must be "SELECT dt.GetScaleRecommendation(10, 20)", the limits of host.json',
    ])
    expect(problemsOf("rabbitmq", {})).toEqual(["ScaledObject s: trigger type rabbitmq is unknown here"])
  })
})
