// The way of a request, from a Gateway's listener over a route to the pods: each object alone can be sound, and still
// nothing arrive.
import { type Manifest, nameOf, ofKind } from "./manifests.ts"

type Labels = Record<string, string>

interface Parent {
  name: string
  namespace?: string
  sectionName?: string
}

interface Listener {
  name: string
  hostname?: string
  tls?: { certificateRefs: { name: string }[] }
  allowedRoutes?: { namespaces?: { from?: string; selector?: { matchLabels?: Labels } } }
}

/** An HTTPRoute as it will be in the cluster, and which object brings it there. */
interface Route {
  by: Manifest
  name: string
  namespace: string
  parents: Parent[]
  hosts: string[]
  backends: { name: string; port: number }[]
}

interface Service {
  ports: number[]
  selector: Labels
}

/** Where Envoy Gateway runs the proxies of all Gateways, and how it labels their pods. */
export const dataPlane = {
  namespace: "envoy-gateway-system",
  labels: {
    "app.kubernetes.io/name": "envoy",
    "app.kubernetes.io/component": "proxy",
    "app.kubernetes.io/managed-by": "envoy-gateway",
  } as Labels,
}

const matches = (selector: Labels | undefined, labels: Labels): boolean =>
  Object.entries(selector ?? {}).every(([key, value]) => labels[key] === value)

/** Whether a pattern such as `*.example.com` takes a host in; without a pattern every host is. */
const covers = (pattern: string | undefined, host: string): boolean =>
  pattern === undefined || pattern === host || (pattern.startsWith("*.") && host.endsWith(pattern.slice(1)))

const find = (manifests: Manifest[], kind: string, name: string, namespace: string) =>
  ofKind(manifests, kind).find(
    ({ metadata }) => metadata.name === name && (metadata.namespace ?? "") === namespace,
  )

const namespaceLabels = (manifests: Manifest[], name: string): Labels => ({
  "kubernetes.io/metadata.name": name,
  ...find(manifests, "Namespace", name, "")?.metadata.labels,
})

/**
 * Checks that every route has a Gateway that takes it, backends that exist and pods that the proxies may reach, that no
 * two routes want the same, and that the Gateways themselves are complete.
 * @param manifests all objects of a cluster, the namespaces among them
 * @returns one sentence per contradiction
 */
export function routingProblems(manifests: Manifest[]): string[] {
  const routes = routesOf(manifests)
  return [
    ...ofKind(manifests, "Gateway").flatMap((gateway) => gatewayProblems(gateway, manifests)),
    ...ofKind(manifests, "BackendTrafficPolicy").flatMap((policy) => targetProblems(policy, manifests)),
    ...routes.flatMap((route) =>
      [...parentProblems(route, manifests), ...backendProblems(route, manifests)].map(
        (problem) => `${nameOf(route.by)}: ${problem}`,
      ),
    ),
    ...routes.flatMap((route, index) => rivalProblems(route, routes.slice(0, index))),
  ]
}

/** The HTTPRoutes in the manifests, and those that Flagger makes: it overwrites what already has the name. */
function routesOf(manifests: Manifest[]): Route[] {
  return [
    ...ofKind(manifests, "HTTPRoute").map((by) => ({
      by,
      name: by.metadata.name,
      namespace: by.metadata.namespace ?? "",
      parents: by.spec.parentRefs,
      hosts: by.spec.hostnames ?? [],
      backends: by.spec.rules.flatMap(({ backendRefs = [] }: { backendRefs?: object[] }) => backendRefs),
    })),
    ...ofKind(manifests, "Canary").map((by) => {
      const { name, port, hosts = [], gatewayRefs = [] } = by.spec.service
      return {
        by,
        name,
        namespace: by.metadata.namespace ?? "",
        parents: gatewayRefs,
        hosts,
        backends: [`${name}-primary`, `${name}-canary`].map((service) => ({ name: service, port })),
      }
    }),
  ]
}

/** The Services of a namespace by name, those that Flagger makes of a canary among them. */
function servicesOf(manifests: Manifest[], namespace: string): Map<string, Service> {
  const own = manifests.filter(({ metadata }) => metadata.namespace === namespace)
  return new Map([
    ...ofKind(own, "Service").map(({ metadata, spec }): [string, Service] => [
      metadata.name,
      { ports: spec.ports.map(({ port }: { port: number }) => port), selector: spec.selector },
    ]),
    ...ofKind(own, "Canary").flatMap(({ spec }) => {
      const { name, port } = spec.service
      // The primary's pods are a copy of the target's.
      const service = { ports: [port], selector: { "app.kubernetes.io/name": spec.targetRef.name } }
      return [name, `${name}-primary`, `${name}-canary`].map((of): [string, Service] => [of, service])
    }),
  ])
}

function gatewayProblems(gateway: Manifest, manifests: Manifest[]): string[] {
  const namespace = gateway.metadata.namespace ?? ""
  const { gatewayClassName, infrastructure, listeners } = gateway.spec
  const settings = infrastructure?.parametersRef as { kind: string; name: string } | undefined
  return [
    ...(find(manifests, "GatewayClass", gatewayClassName, "")
      ? []
      : [`GatewayClass ${gatewayClassName} does not exist`]),
    ...(!settings || find(manifests, settings.kind, settings.name, namespace)
      ? []
      : [`${settings.kind} ${settings.name} does not exist`]),
    ...(listeners as Listener[]).flatMap((listener) => certificateProblems(listener, namespace, manifests)),
  ].map((problem) => `${nameOf(gateway)}: ${problem}`)
}

function certificateProblems({ name, hostname, tls }: Listener, namespace: string, manifests: Manifest[]) {
  return (tls?.certificateRefs ?? []).flatMap((reference) => {
    const certificate = ofKind(manifests, "Certificate").find(
      ({ metadata, spec }) => spec.secretName === reference.name && metadata.namespace === namespace,
    )
    if (!certificate) return [`listener ${name}: no Certificate fills the Secret ${reference.name}`]
    return hostname === undefined || certificate.spec.dnsNames?.some((dns: string) => covers(dns, hostname))
      ? []
      : [`listener ${name}: ${nameOf(certificate)} is not for ${hostname}`]
  })
}

function targetProblems(policy: Manifest, manifests: Manifest[]): string[] {
  return (policy.spec.targetRefs as { kind: string; name: string }[])
    .filter(({ kind, name }) => !find(manifests, kind, name, policy.metadata.namespace ?? ""))
    .map(({ kind, name }) => `${nameOf(policy)}: ${kind} ${name} does not exist`)
}

function parentProblems({ namespace, parents, hosts }: Route, manifests: Manifest[]): string[] {
  if (parents.length === 0) return ["names no Gateway"]
  return parents.flatMap((parent) => {
    const where = parent.namespace ?? namespace
    const gateway = find(manifests, "Gateway", parent.name, where)
    if (!gateway) return [`Gateway ${where}/${parent.name} does not exist`]
    const listeners = (gateway.spec.listeners as Listener[]).filter(
      ({ name }) => parent.sectionName === undefined || parent.sectionName === name,
    )
    if (listeners.length === 0) return [`${nameOf(gateway)} has no listener ${parent.sectionName}`]
    const open = listeners.filter((listener) => takesFrom(listener, namespace, where, manifests))
    if (open.length === 0) return [`${nameOf(gateway)} takes no route from namespace ${namespace}`]
    return hosts
      .filter((host) => !open.some(({ hostname }) => covers(hostname, host)))
      .map((host) => `${nameOf(gateway)} has no listener for ${host}`)
  })
}

function takesFrom({ allowedRoutes }: Listener, namespace: string, own: string, manifests: Manifest[]) {
  const { from = "Same", selector } = allowedRoutes?.namespaces ?? {}
  if (from === "Selector") return matches(selector?.matchLabels, namespaceLabels(manifests, namespace))
  return from === "All" || namespace === own
}

function backendProblems({ namespace, backends }: Route, manifests: Manifest[]): string[] {
  const services = servicesOf(manifests, namespace)
  const problems = backends.flatMap(({ name, port }) => {
    const service = services.get(name)
    if (!service) return [`Service ${name} does not exist`]
    if (!service.ports.includes(port)) return [`Service ${name} has no port ${port}`]
    return ofKind(manifests, "Deployment")
      .filter(({ metadata }) => metadata.namespace === namespace)
      .filter(({ spec }) => matches(service.selector, spec.template.metadata.labels))
      .filter((deployment) => !isReachable(deployment, manifests, dataPlane))
      .map((deployment) => `no NetworkPolicy lets the Gateway's proxies reach ${nameOf(deployment)}`)
  })
  return [...new Set(problems)]
}

/**
 * Whether pods of another namespace may reach the port `http` of a Deployment: without a policy anybody may, with some
 * one must say so.
 */
export function isReachable(
  { metadata, spec }: Manifest,
  manifests: Manifest[],
  caller: { namespace: string; labels: Labels },
): boolean {
  const policies = ofKind(manifests, "NetworkPolicy").filter(
    (policy) =>
      policy.metadata.namespace === metadata.namespace &&
      matches(policy.spec.podSelector.matchLabels, spec.template.metadata.labels),
  )
  type Peer = { namespaceSelector?: { matchLabels?: Labels }; podSelector?: { matchLabels?: Labels } }
  type Rule = { from: Peer[]; ports: { port: string | number }[] }
  const rules = policies.flatMap(({ spec: { ingress = [] } }) => ingress as Rule[])
  const ofCaller = namespaceLabels(manifests, caller.namespace)
  return (
    policies.length === 0 ||
    rules.some(
      ({ from, ports }) =>
        ports.some(({ port }) => port === "http") &&
        from.some(
          ({ namespaceSelector, podSelector }) =>
            namespaceSelector !== undefined &&
            matches(namespaceSelector.matchLabels, ofCaller) &&
            matches(podSelector?.matchLabels, caller.labels),
        ),
    )
  )
}

/** Two makers of one route overwrite each other; of two routes for one host only the older is heard. */
function rivalProblems(route: Route, before: Route[]): string[] {
  const place = (of: Route, { name, namespace = of.namespace, sectionName }: Parent) =>
    `${namespace}/${name}/${sectionName}`
  const places = route.parents.map((parent) => place(route, parent))
  const wants = [
    ...before
      .filter(({ name, namespace }) => namespace === route.namespace && name === route.name)
      .map((other) => ({ what: `HTTPRoute ${route.name}`, other })),
    ...before
      .filter((other) => other.parents.some((parent) => places.includes(place(other, parent))))
      .flatMap((other) =>
        route.hosts.filter((host) => other.hosts.includes(host)).map((what) => ({ what, other })),
      ),
  ]
  return wants
    .slice(0, 1)
    .map(({ what, other }) => `${nameOf(route.by)}: ${what} is ${nameOf(other.by)}'s already`)
}
