import { type Plan, type Resource, resourcesOf } from "./plan.ts"
import type { Finding } from "./policies.ts"

/** Elements of API Management's policy language that our policies may use. */
const known = new Set(
  `policies inbound backend outbound on-error base cors allowed-origins origin allowed-methods method allowed-headers
  header expose-headers rate-limit-by-key choose when return-response set-status set-header value set-body
  set-backend-service validate-jwt openid-config audiences audience issuers issuer`.split(/\s+/),
)

/**
 * What is wrong with a policy document: tags that do not match, elements that are not in the list, a missing section or
 * a section without `<base />`. C# expressions are not looked into, but a bare `"`, `<` or `&` in one is found.
 */
export function policyErrors(xml: string): string[] {
  const errors: string[] = []
  const open: string[] = []
  const text = xml.replace(/<!--[\s\S]*?-->/g, "")
  const tag = /<(\/?)([a-z-]+)((?:\s+[a-z-]+="[^"<]*")*)\s*(\/?)>/g
  for (const [, closing, name = "", , empty] of text.matchAll(tag)) {
    if (!known.has(name)) errors.push(`<${name}> is not a known element`)
    if (closing) {
      const last = open.pop()
      if (last !== name) errors.push(`</${name}> closes <${last}>`)
    } else if (!empty) open.push(name)
  }
  if (open.length > 0) errors.push(`<${open.at(-1)}> is never closed`)
  const rest = text.replace(tag, "")
  if (/[<>]/.test(rest)) errors.push(`not a tag: ${/\S*[<>].*/.exec(rest)?.[0].trim().slice(0, 60)}`)
  if (/&(?!(amp|lt|gt|quot|apos);)/.test(text)) errors.push("a bare & that is no entity")
  for (const section of ["inbound", "backend", "outbound", "on-error"]) {
    if (!new RegExp(`<${section}>\\s*<base />`).test(text))
      errors.push(`<${section}> does not begin with <base />`)
  }
  return errors
}

const counterKey = (xml: unknown) => /<rate-limit-by-key[^<]*counter-key="([^"]*)"/.exec(String(xml))?.[1]

/** Limits of different policies that count by the same key: Azure has one counter for a key, so they use each other's up. */
function sharedCounters(policies: Resource[]): Finding[] {
  const limited = policies.filter(({ values }) => counterKey(values.xml_content))
  return limited.flatMap(({ address, values }) => {
    const others = limited.filter(
      (other) => counterKey(other.values.xml_content) === counterKey(values.xml_content),
    )
    const message = `its rate limit has one counter with ${others.length - 1} others: the key has no scope`
    return others.length > 1 ? [{ policy: "api policies", address, message }] : []
  })
}

/** Findings about every policy document that the plan would give to API Management. */
export function checkApiPolicies(plan: Plan): Finding[] {
  const policies = resourcesOf(plan).filter(({ type }) =>
    /^azurerm_api_management_api(_operation)?_policy$/.test(type),
  )
  const malformed = policies.flatMap(({ address, values }) =>
    policyErrors(String(values.xml_content)).map((message) => ({ policy: "api policies", address, message })),
  )
  return [...malformed, ...sharedCounters(policies)]
}
