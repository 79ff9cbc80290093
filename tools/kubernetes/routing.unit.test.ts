import { describe, expect, it } from "vitest"
import type { Manifest } from "./manifests.ts"
import { dataPlane, routingProblems } from "./routing.ts"

const object = (kind: string, name: string, spec: object, namespace = "shop"): Manifest => ({
  apiVersion: "v1",
  kind,
  metadata: { name, namespace },
  spec,
})

const labels = { "app.kubernetes.io/name": "api" }

const listener = (change: object = {}) => ({
  name: "https",
  hostname: "*.example.com",
  tls: { certificateRefs: [{ name: "tls" }] },
  allowedRoutes: {
    namespaces: { from: "Selector", selector: { matchLabels: { "kubernetes.io/metadata.name": "shop" } } },
  },
  ...change,
})

const gateway = (change: object = {}, spec: object = {}): Manifest =>
  object(
    "Gateway",
    "front",
    { gatewayClassName: "envoy", listeners: [listener(change)], ...spec },
    "gateways",
  )

const certificate = (dnsNames = ["*.example.com"]): Manifest =>
  object("Certificate", "tls", { secretName: "tls", dnsNames }, "gateways")

const envoy: Manifest = { apiVersion: "v1", kind: "GatewayClass", metadata: { name: "envoy" }, spec: {} }

const front = [envoy, gateway(), certificate()]

const parent = { name: "front", namespace: "gateways", sectionName: "https" }

const route = (change: object = {}, name = "api"): Manifest =>
  object("HTTPRoute", name, {
    parentRefs: [parent],
    hostnames: ["api.example.com"],
    rules: [{ backendRefs: [{ name: "api", port: 80 }] }],
    ...change,
  })

const backend = [
  object("Service", "api", { ports: [{ port: 80 }], selector: labels }),
  object("Deployment", "api", { template: { metadata: { labels } } }),
]

const canary = (service: object = {}, target = "api"): Manifest =>
  object("Canary", "canary", {
    targetRef: { name: target },
    service: { name: "api", port: 80, hosts: ["api.example.com"], gatewayRefs: [parent], ...service },
  })

const policy = (from: object[], port = "http"): Manifest =>
  object("NetworkPolicy", "api", {
    podSelector: { matchLabels: labels },
    ingress: from.length === 0 ? undefined : [{ from, ports: [{ port }] }],
  })

const ofProxies = {
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": dataPlane.namespace } },
}
const unreachable = [
  "HTTPRoute shop/api: no NetworkPolicy lets the Gateway's proxies reach Deployment shop/api",
]

/** Objects, and the one problem that they have. */
const cases: [string, Manifest[], string[]][] = [
  ["nothing in a sound route", [...front, ...backend, route()], []],
  ["nothing in a sound canary", [...front, ...backend.slice(1), canary()], []],
  [
    "a Gateway of another namespace",
    [...front, ...backend, route({ parentRefs: [{ name: "front" }] })],
    ["HTTPRoute shop/api: Gateway shop/front does not exist"],
  ],
  [
    "a listener that does not exist",
    [...front, ...backend, route({ parentRefs: [{ ...parent, sectionName: "http" }] })],
    ["HTTPRoute shop/api: Gateway gateways/front has no listener http"],
  ],
  [
    "a listener that takes the routes of its own namespace alone",
    [envoy, gateway({ allowedRoutes: undefined }), certificate(), ...backend, route()],
    ["HTTPRoute shop/api: Gateway gateways/front takes no route from namespace shop"],
  ],
  [
    "a host that no listener is for",
    [...front, ...backend, route({ hostnames: ["api.example.com", "api.example.org"] })],
    ["HTTPRoute shop/api: Gateway gateways/front has no listener for api.example.org"],
  ],
  [
    "a host that only looks like the listener's",
    [...front, ...backend, route({ hostnames: ["apiexample.com"] })],
    ["HTTPRoute shop/api: Gateway gateways/front has no listener for apiexample.com"],
  ],
  ["a backend that does not exist", [...front, route()], ["HTTPRoute shop/api: Service api does not exist"]],
  [
    "a backend port that no Service has",
    [...front, ...backend, route({ rules: [{ backendRefs: [{ name: "api", port: 8080 }] }] })],
    ["HTTPRoute shop/api: Service api has no port 8080"],
  ],
  ["nothing in a policy that lets the proxies in", [...front, ...backend, route(), policy([ofProxies])], []],
  ["a policy that lets nobody in", [...front, ...backend, route(), policy([])], unreachable],
  [
    "a policy that lets other pods of the proxies' namespace in",
    [...front, ...backend, route(), policy([{ ...ofProxies, podSelector: { matchLabels: { app: "x" } } }])],
    unreachable,
  ],
  [
    "a policy that means pods of its own namespace",
    [...front, ...backend, route(), policy([{ podSelector: { matchLabels: dataPlane.labels } }])],
    unreachable,
  ],
  ["a policy for another port", [...front, ...backend, route(), policy([ofProxies], "metrics")], unreachable],
  [
    "a canary without a Gateway",
    [...front, ...backend.slice(1), canary({ gatewayRefs: undefined })],
    ["Canary shop/canary: names no Gateway"],
  ],
  [
    "a canary whose route the chart makes",
    [...front, ...backend, route(), canary()],
    ["Canary shop/canary: HTTPRoute api is HTTPRoute shop/api's already"],
  ],
  [
    "a canary whose host is another route's",
    [...front, ...backend, route({}, "web"), canary()],
    ["Canary shop/canary: api.example.com is HTTPRoute shop/web's already"],
  ],
  [
    "a class that does not exist",
    front.slice(1),
    ["Gateway gateways/front: GatewayClass envoy does not exist"],
  ],
  [
    "settings that do not exist",
    [
      envoy,
      certificate(),
      gateway({}, { infrastructure: { parametersRef: { kind: "EnvoyProxy", name: "front" } } }),
    ],
    ["Gateway gateways/front: EnvoyProxy front does not exist"],
  ],
  [
    "a certificate that nobody makes",
    front.slice(0, 2),
    ["Gateway gateways/front: listener https: no Certificate fills the Secret tls"],
  ],
  [
    "a certificate for another host",
    [envoy, gateway(), certificate(["example.com"])],
    ["Gateway gateways/front: listener https: Certificate gateways/tls is not for *.example.com"],
  ],
  [
    "a policy of a Gateway that does not exist",
    [object("BackendTrafficPolicy", "front", { targetRefs: [{ kind: "Gateway", name: "front" }] })],
    ["BackendTrafficPolicy shop/front: Gateway front does not exist"],
  ],
]

describe("routingProblems", () => {
  it.each(cases)("finds %s", (_, manifests, problems) => {
    expect(routingProblems(manifests)).toEqual(problems)
  })
})
