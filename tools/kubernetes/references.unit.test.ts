import { describe, expect, it } from "vitest"
import type { Manifest } from "./manifests.ts"
import { referenceProblems } from "./references.ts"

const object = (kind: string, name: string, rest: object, labels = {}): Manifest => ({
  apiVersion: "v1",
  kind,
  metadata: { name, namespace: "shop", labels },
  ...rest,
})

const deployment = (name: string, pod: object = {}, rest: object = {}): Manifest =>
  object("Deployment", name, {
    spec: {
      selector: { matchLabels: { "app.kubernetes.io/name": name } },
      template: {
        metadata: { labels: { "app.kubernetes.io/name": name, app: "shop" } },
        spec: { containers: [{ name: "c", ports: [{ name: "http", containerPort: 8080 }] }], ...pod },
      },
      ...rest,
    },
  })

const service = (selector: object, targetPort: string | number = "http") =>
  object("Service", "api", { spec: { selector, ports: [{ name: "http", port: 80, targetPort }] } })

const scaler = (kind: string, target: string, triggers: object[] = []) =>
  object(kind, `${kind.toLowerCase()}-of-${target}`, { spec: { scaleTargetRef: { name: target }, triggers } })

const named = { "app.kubernetes.io/name": "api" }

/** Objects and the one problem, or the problems, that they have. */
const cases: [string, Manifest[], string[]][] = [
  ["nothing in a sound pair", [deployment("api"), service(named)], []],
  [
    "a Service without pods",
    [deployment("api"), service({ app: "x" })],
    ["Service shop/api: its selector matches no pod"],
  ],
  [
    "a port that no container has",
    [deployment("api"), service(named, "web")],
    ["Service shop/api: Deployment shop/api has no port web"],
  ],
  [
    "a numeric port that no container has",
    [deployment("api"), service(named, 80)],
    ["Service shop/api: Deployment shop/api has no port 80"],
  ],
  [
    "a scaler without target",
    [scaler("HorizontalPodAutoscaler", "api")],
    ["HorizontalPodAutoscaler shop/horizontalpodautoscaler-of-api: scaleTargetRef api does not exist"],
  ],
  [
    "two scalers of one Deployment",
    [deployment("api"), scaler("HorizontalPodAutoscaler", "api"), scaler("ScaledObject", "api")],
    [
      "ScaledObject shop/scaledobject-of-api: HorizontalPodAutoscaler shop/horizontalpodautoscaler-of-api scales api already",
    ],
  ],
  [
    "a scaler against fixed replicas",
    [deployment("api", {}, { replicas: 2 }), scaler("ScaledObject", "api")],
    ["ScaledObject shop/scaledobject-of-api: Deployment shop/api fixes its replicas, so the two would fight"],
  ],
  [
    "an authentication that does not exist",
    [deployment("api"), scaler("ScaledObject", "api", [{ authenticationRef: { name: "auth" } }])],
    ["ScaledObject shop/scaledobject-of-api: authenticationRef auth does not exist"],
  ],
  [
    "a missing account, ConfigMap and Secret",
    [
      deployment("api", {
        serviceAccountName: "robot",
        volumes: [{ secret: { secretName: "keys" } }],
        containers: [{ name: "c", envFrom: [{ configMapRef: { name: "settings" } }] }],
      }),
    ],
    [
      "Deployment shop/api: ServiceAccount robot does not exist",
      "Deployment shop/api: Secret keys does not exist",
      "Deployment shop/api: ConfigMap settings does not exist",
    ],
  ],
  [
    "an environment variable set twice",
    [deployment("api", { containers: [{ name: "c", env: [{ name: "A" }, { name: "A" }] }] })],
    ["Deployment shop/api: environment variable A is set twice"],
  ],
  [
    "a Deployment that does not select its pods",
    [deployment("api", {}, { selector: { matchLabels: { app: "other" } } })],
    ["Deployment shop/api: its selector does not match its own pods"],
  ],
  [
    "a name label that two Deployments share",
    [deployment("api"), { ...deployment("api"), metadata: { name: "worker", namespace: "shop" } }],
    ["Deployment shop/worker: shares app.kubernetes.io/name api with Deployment shop/api"],
  ],
  [
    "an object defined twice",
    [deployment("api"), object("ConfigMap", "a", {}), object("ConfigMap", "a", {})],
    ["ConfigMap shop/a: defined twice"],
  ],
  [
    "a monitor of no Service",
    [
      deployment("api"),
      object("ServiceMonitor", "m", { spec: { selector: { matchLabels: { a: "b" } }, endpoints: [] } }),
    ],
    ["ServiceMonitor shop/m: its selector matches no Service"],
  ],
  [
    "a monitor of a port that the Service lacks",
    [
      deployment("api"),
      service(named),
      object("ServiceMonitor", "m", {
        spec: { selector: { matchLabels: {} }, endpoints: [{ port: "metrics" }] },
      }),
    ],
    ["ServiceMonitor shop/m: no Service has the port metrics"],
  ],
  [
    "a budget of no pod",
    [
      deployment("api"),
      object("PodDisruptionBudget", "b", { spec: { selector: { matchLabels: { a: "b" } } } }),
    ],
    ["PodDisruptionBudget shop/b: its selector matches no pod"],
  ],
  [
    "a store that logs in as nobody",
    [
      object("SecretStore", "vault", {
        spec: { provider: { azurekv: { serviceAccountRef: { name: "robot" } } } },
      }),
    ],
    ["SecretStore shop/vault: ServiceAccount robot does not exist"],
  ],
  [
    "a store that does not exist",
    [
      object("ExternalSecret", "s", {
        spec: { secretStoreRef: { kind: "ClusterSecretStore", name: "vault" }, target: { name: "s" } },
      }),
    ],
    ["ExternalSecret shop/s: ClusterSecretStore vault does not exist"],
  ],
]

describe("referenceProblems finds", () => {
  it.each(cases)("%s", (_, manifests, problems) => {
    expect(referenceProblems(manifests)).toEqual(problems)
  })

  it("nothing where what is missing exists elsewhere", () => {
    const manifests = [deployment("api", { volumes: [{ secret: { secretName: "keys" } }] })]
    expect(referenceProblems(manifests, new Set(["Secret/keys"]))).toEqual([])
  })
})
