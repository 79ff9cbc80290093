import { type Element, parsePolicy } from "./api-policy-syntax.ts"
import { type Plan, type Resource, resourcesOf } from "./plan.ts"
import type { Finding } from "./policies.ts"

/** What an element may have; its children come in this order, each as often as it likes. */
type Rule = { readonly attributes?: readonly string[]; readonly children?: readonly string[] }

/** The elements of API Management's policy language that our policies may use (learn.microsoft.com/azure/api-management). */
const rules: Readonly<Record<string, Rule>> = {
  policies: { children: ["inbound", "backend", "outbound", "on-error"] },
  base: {},
  cors: {
    attributes: ["allow-credentials", "terminate-unmatched-request"],
    children: ["allowed-origins", "allowed-methods", "allowed-headers", "expose-headers"],
  },
  "allowed-origins": { children: ["origin"] },
  origin: {},
  "allowed-methods": { attributes: ["preflight-result-max-age"], children: ["method"] },
  method: {},
  "allowed-headers": { children: ["header"] },
  "expose-headers": { children: ["header"] },
  header: {},
  choose: { children: ["when", "otherwise"] },
  "validate-jwt": {
    attributes: [
      "header-name",
      "failed-validation-httpcode",
      "require-expiration-time",
      "require-scheme",
      "require-signed-tokens",
      "clock-skew",
      "output-token-variable-name",
    ],
    children: ["openid-config", "audiences", "issuers", "required-claims"],
  },
  "validate-azure-ad-token": {
    attributes: ["tenant-id", "header-name", "failed-validation-httpcode", "output-token-variable-name"],
    children: ["backend-application-ids", "client-application-ids", "audiences", "required-claims"],
  },
  "openid-config": { attributes: ["url"] },
  audiences: { children: ["audience"] },
  audience: {},
  issuers: { children: ["issuer"] },
  issuer: {},
  "required-claims": { children: ["claim"] },
  claim: { attributes: ["name", "match"], children: ["value"] },
  value: {},
  "rate-limit-by-key": {
    attributes: [
      "calls",
      "renewal-period",
      "counter-key",
      "remaining-calls-variable-name",
      "retry-after-variable-name",
    ],
  },
  "validate-content": {
    attributes: [
      "unspecified-content-type-action",
      "max-size",
      "size-exceeded-action",
      "errors-variable-name",
    ],
    children: ["content"],
  },
  content: { attributes: ["type", "validate-as", "schema-id", "action"] },
  "forward-request": { attributes: ["timeout", "follow-redirects", "buffer-request-body"] },
  "set-variable": { attributes: ["name", "value"] },
  "set-header": { attributes: ["name", "exists-action"], children: ["value"] },
  "set-method": {},
  "set-backend-service": { attributes: ["backend-id"] },
  "set-status": { attributes: ["code", "reason"] },
  "set-body": {},
  "return-response": { children: ["set-status", "set-header", "set-body"] },
  "include-fragment": { attributes: ["fragment-id"] },
}

const anywhere = ["base", "choose", "include-fragment", "return-response", "set-header", "set-variable"]
/** The policies that a section takes, in any order. */
const sections: Readonly<Record<string, readonly string[]>> = {
  inbound: [
    ...anywhere,
    "cors",
    "rate-limit-by-key",
    "set-backend-service",
    "set-method",
    "validate-azure-ad-token",
    "validate-content",
    "validate-jwt",
  ],
  backend: ["base", "forward-request"],
  outbound: anywhere,
  "on-error": anywhere,
  fragment: anywhere,
}

/** Of a choose: they take what the section takes. */
const branches = ["when", "otherwise"]

const isKnown = (name: string): boolean => name in rules || name in sections || branches.includes(name)

function outOfOrder(name: string, order: readonly string[], children: readonly Element[]): string[] {
  let reached = 0
  return children.flatMap((child) => {
    const place = order.indexOf(child.name)
    if (place < 0) return [`<${child.name}> does not belong into <${name}>`]
    if (place < reached) return [`<${child.name}> comes too late in <${name}>: Azure demands an order`]
    reached = place
    return []
  })
}

/** @param section where the element is, which says what its branches take */
function errorsOf({ name, attributes, children }: Element, section: string): string[] {
  const inner = name in sections ? name : section
  const below = children.flatMap((child) => errorsOf(child, inner))
  if (branches.includes(name) || name in sections) {
    const taken = sections[inner] ?? []
    const strangers = children.filter((child) => !taken.includes(child.name) && isKnown(child.name))
    return [
      ...(name === "when" && !attributes.has("condition") ? ["<when> has no condition"] : []),
      ...strangers.map((child) => `<${child.name}> does not belong into <${inner}>`),
      ...below,
    ]
  }
  const rule = rules[name]
  if (rule === undefined) return [`<${name}> is not a known element`, ...below]
  const unknown = [...attributes.keys()].filter((attribute) => !rule.attributes?.includes(attribute))
  const known = children.filter((child) => isKnown(child.name))
  return [
    ...unknown.map((attribute) => `<${name}> has no attribute ${attribute}`),
    ...outOfOrder(name, rule.children ?? [], known),
    ...below,
  ]
}

function baseErrors(root: Element): string[] {
  return ["inbound", "backend", "outbound", "on-error"].flatMap((name) => {
    const section = root.children.find((child) => child.name === name)
    return section?.children[0]?.name === "base" ? [] : [`<${name}> does not begin with <base />`]
  })
}

/**
 * What is wrong with a policy document or fragment: tags that do not match, elements and attributes that are not in the
 * list, children in another order than Azure demands, policies in a section that does not take them, a section without
 * `<base />`. C# expressions are not looked into, but a bare `"`, `<` or `&` in one is found.
 * @param isGlobal the policy of all APIs has no `<base />`
 */
export function policyErrors(xml: string, isGlobal = false): string[] {
  const { root, errors } = parsePolicy(xml)
  if (root === undefined || errors.length > 0) return errors
  const isFragment = root.name === "fragment"
  return [...errorsOf(root, ""), ...(isGlobal || isFragment ? [] : baseErrors(root))]
}

const LIMIT = /<rate-limit-by-key calls="(\d+)" renewal-period="(\d+)" counter-key="([^"]*)"/g

/** Limits of different sizes that count by one key: Azure has one counter for a key, so the smaller one wins everywhere. */
function sharedCounters(policies: readonly Resource[]): Finding[] {
  const sizes = new Map<string, Set<string>>()
  const limits = policies.flatMap(({ address, values }) =>
    [...String(values.xml_content).matchAll(LIMIT)].map(([, calls, period, key = ""]) => {
      const size = `${calls} in ${period} s`
      sizes.set(key, (sizes.get(key) ?? new Set()).add(size))
      return { address, key, size }
    }),
  )
  const usual = (key: string) =>
    Map.groupBy(
      limits.filter((limit) => limit.key === key),
      ({ size }) => size,
    )
  return limits.flatMap(({ address, key, size }) => {
    if ((sizes.get(key)?.size ?? 0) < 2) return []
    const bySize = usual(key)
    const most = Math.max(...[...bySize.values()].map(({ length }) => length))
    const isRare = (bySize.get(size)?.length ?? 0) < most
    return isRare
      ? [{ policy: "api policies", address, message: `its limit of ${size} counts with another limit's key` }]
      : []
  })
}

/** Findings about every policy document that the plan would give to API Management. */
export function checkApiPolicies(plan: Plan): Finding[] {
  const policies = resourcesOf(plan).filter(({ type }) =>
    /^azurerm_api_management(_api(_operation)?)?_policy$/.test(type),
  )
  const fragments = resourcesOf(plan).filter(({ type }) => type === "azurerm_api_management_policy_fragment")
  const finding = (address: string) => (message: string) => ({ policy: "api policies", address, message })
  const names = new Set(fragments.map(({ values }) => values.name))
  return [
    ...policies.flatMap(({ address, type, values }) => {
      const xml = String(values.xml_content)
      const isGlobal = type === "azurerm_api_management_policy"
      const missing = [...xml.matchAll(/<include-fragment fragment-id="([^"]*)"/g)].filter(
        ([, name]) => !names.has(name),
      )
      return [
        ...policyErrors(xml, isGlobal),
        ...missing.map(([, name]) => `the fragment ${name} is not planned`),
      ].map(finding(address))
    }),
    ...fragments.flatMap(({ address, values }) => policyErrors(String(values.value)).map(finding(address))),
    ...sharedCounters(policies),
  ]
}
