/**
 * Walks the planned network security groups: whoever must reach a subnet gets through, and no port is open that nobody
 * needs. Rules are read as Azure does: by priority, the first that fits decides.
 */
import { BlockList } from "node:net"
import { endpointPorts } from "./azure-facts.ts"
import { type Plan, type Resource, resourcesOf } from "./plan.ts"
import type { Finding } from "./policies.ts"

type Protocol = "Tcp" | "Udp"
/** Inclusive range of ports. */
type Ports = readonly [number, number]
/** `from` is a service tag or an address range; `who` names it in a finding. */
type Flow = { who: string; from: string; to: string; protocol: Protocol; ports: Ports }
type Rule = {
  address: string
  allow: boolean
  priority: number
  protocol: string
  from: string[]
  ports: Ports[]
}

const anyPort: Ports = [1, 65_535]
const isRange = (source: string) => /^[\d.]+\/\d+$/.test(source)
const list = (...values: unknown[]) =>
  values.flat().filter((value): value is string => typeof value === "string")

function portsOf(text: string): Ports {
  if (text === "*") return anyPort
  const [first, last = first] = text.split("-").map(Number)
  return [first as number, last as number]
}

/** Whether the range `outer` holds all of `inner`. */
function holds(outer: string, inner: string): boolean {
  const [network = "", bits] = outer.split("/")
  const [address = "", innerBits] = inner.split("/")
  const block = new BlockList()
  block.addSubnet(network, Number(bits))
  return Number(innerBits) >= Number(bits) && block.check(address)
}

const fitsSource = (rule: Rule, from: string) =>
  rule.from.some(
    (source) =>
      source === "*" || source === from || (isRange(source) && isRange(from) && holds(source, from)),
  )
const fitsProtocol = (rule: Rule, protocol: Protocol) => rule.protocol === "*" || rule.protocol === protocol
const covers = (outer: Ports, inner: Ports) => outer[0] <= inner[0] && outer[1] >= inner[1]

/** The subnets' inbound rules by the subnet's short name, which the group's name ends with. */
function rulesOf(resources: Resource[], subnets: string[]): Map<string, Rule[]> {
  const rules = resources
    .filter(({ type, values }) => type === "azurerm_network_security_rule" && values.direction === "Inbound")
    .map(({ address, values }) => ({
      subnet: subnets.find((name) => String(values.network_security_group_name).endsWith(`-${name}`)),
      rule: {
        address,
        allow: values.access === "Allow",
        priority: Number(values.priority),
        protocol: String(values.protocol),
        from: list(values.source_address_prefix, values.source_address_prefixes),
        ports: list(values.destination_port_range, values.destination_port_ranges).map(portsOf),
      },
    }))
  return new Map(
    subnets.map((name) => [
      name,
      rules
        .filter(({ subnet }) => subnet === name)
        .map(({ rule }) => rule)
        .sort((a, b) => a.priority - b.priority),
    ]),
  )
}

/** Ports on which people and agents set secrets, deploy, push images and run SQL. */
const operatorPorts = new Set([443, 1433, 5432])

/** Who must reach whom: the table that the plan is held against. */
function flowsOf(resources: Resource[], prefixes: Map<string, string>, operators: string[]): Flow[] {
  const kinds = resources
    .filter(({ type }) => type === "azurerm_private_endpoint")
    .flatMap(
      ({ values }) =>
        (values.private_service_connection as { subresource_names: string[] }[])[0]?.subresource_names ?? [],
    )
  const cluster = resources.find(({ type }) => type === "azurerm_kubernetes_cluster")
  const pods = (cluster?.values.network_profile as { pod_cidr: string }[] | undefined)?.[0]?.pod_cidr
  const subnet = (name: string) => ({ who: `subnet ${name}`, from: prefixes.get(name) ?? `subnet ${name}` })
  const tag = (name: string) => ({ who: name, from: name })
  const tcp = (source: { who: string; from: string }, to: string, port: number, last = port): Flow => ({
    ...source,
    to,
    protocol: "Tcp",
    ports: [port, last],
  })
  const all = (source: { who: string; from: string }, to: string): Flow[] =>
    (["Tcp", "Udp"] as const).map((protocol) => ({ ...source, to, protocol, ports: anyPort }))
  const endpointPortsInUse = [...new Set(kinds.flatMap((kind) => endpointPorts[kind] ?? []))]
  const workload = cluster ? "aks" : "functions"
  return [
    tcp(tag("Internet"), "gateway", 443),
    tcp(tag("GatewayManager"), "gateway", 65_200, 65_535),
    ...all(tag("AzureLoadBalancer"), "gateway"),
    tcp(subnet("gateway"), "apim", 443),
    tcp(tag("ApiManagement"), "apim", 3443),
    tcp(tag("AzureLoadBalancer"), "apim", 6390),
    ...all(subnet("apim"), "apim"),
    ...all(subnet("functions"), "functions"),
    tcp(subnet("gateway"), "endpoints", 443),
    tcp(subnet("agents"), "endpoints", 443),
    ...endpointPortsInUse.map((port) => tcp(subnet(workload), "endpoints", port)),
    ...operators.flatMap((from) =>
      endpointPortsInUse
        .filter((port) => operatorPorts.has(port))
        .map((port) => tcp({ who: `operators in ${from}`, from }, "endpoints", port)),
    ),
    ...(cluster
      ? [
          tcp(subnet("apim"), "aks", 443),
          ...all(tag("AzureLoadBalancer"), "aks"),
          ...all(subnet("aks"), "aks"),
          // Overlay traffic is not encapsulated: pods meet the nodes' subnet with their own addresses, DNS included.
          ...all({ who: "the pods", from: String(pods) }, "aks"),
        ]
      : [tcp(subnet("apim"), "endpoints", 443)]),
  ]
}

const show = ([first, last]: Ports) =>
  first === last ? `port ${first}` : first === 1 ? "any port" : `ports ${first}-${last}`

/** The operators' ranges as the environment's variables say them. */
const operatorRanges = ({ variables }: Plan): string[] =>
  (variables?.network?.value as { operator_ranges?: string[] } | undefined)?.operator_ranges ?? []

/** Flows that are refused, and open ports that no flow asks for. */
export function checkReachability(plan: Plan): Finding[] {
  const resources = resourcesOf(plan)
  const prefixes = new Map(
    resources
      .filter(({ type }) => type === "azurerm_subnet")
      .map(({ index, values }) => [String(index), String((values.address_prefixes as string[])[0])]),
  )
  const rules = rulesOf(resources, [...prefixes.keys()])
  const flows = flowsOf(resources, prefixes, operatorRanges(plan))
  const refused = flows.flatMap((flow) => {
    const decides = rules
      .get(flow.to)
      ?.find(
        (rule) =>
          fitsSource(rule, flow.from) &&
          fitsProtocol(rule, flow.protocol) &&
          rule.ports.some((ports) => covers(ports, flow.ports)),
      )
    if (decides?.allow) return []
    const message = `${flow.who} must reach ${flow.protocol} ${show(flow.ports)} here but is refused`
    return [{ policy: "reachability", address: `subnet ${flow.to}`, message }]
  })
  const unneeded = [...rules].flatMap(([subnet, list]) =>
    list
      .filter(({ allow }) => allow)
      .flatMap((rule) =>
        rule.from.flatMap((from) =>
          rule.ports
            .filter(
              (ports) =>
                !flows.some((flow) => flow.to === subnet && flow.from === from && covers(flow.ports, ports)),
            )
            .map((ports) => ({
              policy: "reachability",
              address: rule.address,
              message: `${from} may reach ${show(ports)} without need`,
            })),
        ),
      ),
  )
  return [...refused, ...unneeded]
}
