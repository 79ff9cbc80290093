import { type Plan, type Resource, resourcesOf } from "./plan.ts"
import type { Finding } from "./policies.ts"

type Route = { service: string; method: string; path: string; access: unknown; maxBodyBytes: number }
export type Routes = { services: { name: string; prefix: string }[]; routes: Route[] }

const finding = (address: string, message: string): Finding => ({ policy: "routes", address, message })

/** Whom a route lets in without an access token, as the local gateway does; what their tokens are worth only the apps know. */
function openTo(access: unknown): string {
  if (typeof access === "object" && access !== null) return "nobody"
  switch (access) {
    case "signed-in":
      return "nobody"
    case "customer":
    case "signed-in-or-guest":
      return "guests"
    case "order":
      return "guests and orders"
    default:
      return "anybody"
  }
}

/** The same, as a planned policy says: the condition under which it asks for a token. */
function plannedOpenTo(xml: string): string {
  const [, condition] = /<when condition="([^"]*)">\s*<validate-(?:jwt|azure-ad-token) /.exec(xml) ?? []
  if (!/<validate-(?:jwt|azure-ad-token) /.test(xml)) return "anybody, whatever token they send"
  if (condition === undefined) return "nobody"
  if (condition.includes("X-Order-Token")) return "guests and orders"
  return condition.includes("namesGuest") ? "guests" : "anybody"
}

const roleOf = (access: unknown): string | undefined => (access as { role?: string } | undefined)?.role

function checkOperation(operation: string, route: Route, policy: Resource | undefined): Finding[] {
  if (!policy) return [finding(operation, "has no policy: nothing checks a token")]
  const xml = String(policy.values.xml_content)
  const findings: Finding[] = []
  const [wanted, planned] = [openTo(route.access), plannedOpenTo(xml)]
  if (wanted !== planned)
    findings.push(finding(operation, `is open to ${planned}, the route table says to ${wanted}`))
  const role = /<claim name="roles" match="any">\s*<value>([^<]*)</.exec(xml)?.[1]
  if (role !== roleOf(route.access))
    findings.push(
      finding(operation, `asks for the role ${role}, the route table says ${roleOf(route.access)}`),
    )
  const takesBody = /^(POST|PUT|PATCH)$/.test(route.method)
  if (takesBody && !xml.includes(`&gt; ${route.maxBodyBytes})`))
    findings.push(finding(operation, `does not limit bodies to ${route.maxBodyBytes} bytes`))
  return findings
}

/** API Management has exactly the route table's operations, and HEAD for each GET; each with the route's rules. */
function checkOperations(resources: Resource[], { services, routes }: Routes): Finding[] {
  const planned = new Map<string, string | number | undefined>(
    resources
      .filter(({ type }) => type === "azurerm_api_management_api_operation")
      .map(({ index, values }) => [`${values.api_name} ${values.method} ${values.url_template}`, index]),
  )
  const policies = new Map(
    resources
      .filter(({ type }) => type === "azurerm_api_management_api_operation_policy")
      .map((resource) => [resource.index, resource]),
  )
  const wanted = new Map<string, Route>(
    routes.flatMap((route) =>
      (route.method === "GET" ? ["GET", "HEAD"] : [route.method]).map(
        (method) => [`${route.service} ${method} ${route.path}`, route] as const,
      ),
    ),
  )
  const apis = resources.filter(({ type }) => type === "azurerm_api_management_api")
  return [
    ...services.flatMap(({ name, prefix }) =>
      apis.some(({ index, values }) => index === name && values.path === prefix.slice(1))
        ? []
        : [finding(name, `API Management does not serve ${prefix}`)],
    ),
    ...(apis.length === services.length
      ? []
      : [finding("plan", `${apis.length} APIs are planned, gateway.json has ${services.length} services`)]),
    ...[...wanted].flatMap(([operation, route]) =>
      planned.has(operation)
        ? checkOperation(operation, route, policies.get(planned.get(operation)))
        : [finding(operation, "is in the route table but not in API Management")],
    ),
    ...[...planned.keys()]
      .filter((operation) => !wanted.has(operation))
      .map((operation) => finding(operation, "is in API Management but not in the route table")),
  ]
}

type PathMap = { path_rule: { name: string; paths: string[] }[] }

/** Whether a path rule of Application Gateway covers a path: exactly, or by a star at its end. */
const covers = (pattern: string, path: string): boolean =>
  pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern

/** At both host names each route's path leads to its service's path rule. */
function checkPathMaps(resources: Resource[], { services, routes }: Routes): Finding[] {
  const gateway = resources.find(({ type }) => type === "azurerm_application_gateway")
  const maps = (gateway?.values.url_path_map ?? []) as PathMap[]
  return services.flatMap(({ name, prefix }) => {
    const leadsElsewhere = ({ path_rule }: PathMap, path: string) =>
      path_rule.find(({ paths }) => paths.some((pattern) => covers(pattern, prefix + path)))?.name !== name
    const lost = routes.filter(
      ({ service, path }) =>
        service === name && (maps.length === 0 || maps.some((map) => leadsElsewhere(map, path))),
    )
    const [first] = lost
    return first ? [finding(name, `the Application Gateway leads ${prefix}${first.path} elsewhere`)] : []
  })
}

/** API Management and the Application Gateway serve exactly the route table. */
export const checkRoutes = (plan: Plan, routes: Routes): Finding[] => {
  const resources = resourcesOf(plan)
  return [...checkOperations(resources, routes), ...checkPathMaps(resources, routes)]
}
