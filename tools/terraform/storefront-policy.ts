/** Holds the Application Gateway's rules for the storefront against the file that the local gateway serves it by. */
import { isDeepStrictEqual } from "node:util"
import { policyOf, type StorefrontTable, storefrontPlaces } from "@eshop/gateway/storefront-places"
import { type Plan, resourcesOf } from "./plan.ts"
import type { Finding } from "./policies.ts"

type Registration = { readonly issuer: string }
/** `infra/storefront/<environment>.json`: what the pages are told when they begin. */
type Configuration = Registration & {
  readonly staff: Registration
  readonly payments: { readonly script: string }
}

export type Storefront = {
  readonly table: StorefrontTable
  readonly securityHeaders: Readonly<Record<string, string>>
  /** By environment. */
  readonly configurations: Readonly<Record<string, Configuration>>
}

type Rule = {
  name: string
  rule_sequence: number
  condition: { variable: string; pattern: string; negate: boolean }[]
  url: { path: string }[]
  response_header_configuration: { header_name: string; header_value: string }[]
}
type Answer = { file: string; headers: Record<string, string> }

const finding = (address: string, message: string): Finding => ({ policy: "storefront", address, message })

/** What the rules make of a request for a path: in their order, a later header in an earlier one's place. */
function answerOf(rules: readonly Rule[], path: string): Answer {
  const answer: Answer = { file: path, headers: {} }
  for (const rule of rules.toSorted((a, b) => a.rule_sequence - b.rule_sequence)) {
    const matches = rule.condition.map(({ pattern }) => new RegExp(pattern).exec(path))
    if (rule.condition.some(({ negate }, index) => (matches[index] === null) !== negate)) continue
    const [url] = rule.url
    if (url)
      answer.file = url.path.replaceAll(/\{var_uri_path_(\d)\}/g, (_, at) => matches[0]?.[Number(at)] ?? "")
    for (const { header_name, header_value } of rule.response_header_configuration)
      answer.headers[header_name] = header_value
  }
  return answer
}

/** Addresses of every kind: each that the table has, in each language, and what lies beside them. */
export function addressesOf({ languages, pages, prerendered, staff }: StorefrontTable): string[] {
  const filled = [...pages, ...prerendered].map((template) => template.replaceAll(/\{\w+\}/g, "a-1"))
  const translated = languages.flatMap((language) => filled.map((path) => `/${language}${path}`))
  const own = [...filled, ...translated, ...staff.flatMap((path) => [path, `${path}/`, `${path}/a/b`])]
  const beside = own.flatMap((path) => [
    `${path}/`,
    `${path}x`,
    `${path}/x/y/z`,
    `/xx${path}`,
    `${path}.html`,
  ])
  return [
    ...own,
    ...beside,
    "/assets/index-Ab1.js",
    "/index.html",
    "/staff.html",
    "/storefront.json",
    "/icon.svg",
  ]
}

const originOf = (url: string): string => new URL(url).origin

/** The policies of an environment: providers and payments by their origins. */
function policiesOf({ table, configurations }: Storefront, plan: Plan, environment: string) {
  const configuration = configurations[environment] as Configuration
  const provider = plan.variables?.identity_provider?.value as { openid_config_url: string }
  const identity = {
    shop: [configuration.issuer, provider.openid_config_url],
    staff: [configuration.staff.issuer],
  }
  return Object.fromEntries(
    (["shop", "staff"] as const).map((whose) => [
      whose,
      policyOf(table, whose, {
        identity: [...new Set(identity[whose].map(originOf))],
        payments: originOf(configuration.payments.script),
      }),
    ]),
  )
}

/** The pages are told the issuers whose tokens the API takes. */
function checkConfiguration({ configurations }: Storefront, plan: Plan, environment: string): Finding[] {
  const configuration = configurations[environment] as Configuration
  const provider = plan.variables?.identity_provider?.value as {
    issuer: string
    staff?: { tenant_id: string } | null
  }
  const staff = provider.staff
    ? `https://login.microsoftonline.com/${provider.staff.tenant_id}/v2.0`
    : provider.issuer
  const file = `infra/storefront/${environment}.json`
  return [
    ...(configuration.issuer === provider.issuer
      ? []
      : [finding(file, `issuer is ${configuration.issuer}, the API takes tokens of ${provider.issuer}`)]),
    ...(configuration.staff.issuer === staff
      ? []
      : [finding(file, `staff.issuer is ${configuration.staff.issuer}, the API takes roles of ${staff}`)]),
  ]
}

/** Each address leads to the same file as at the local gateway, with the same headers. */
export function checkStorefront(plan: Plan, storefront: Storefront, environment: string): Finding[] {
  const { table, securityHeaders } = storefront
  const gateway = resourcesOf(plan).find(({ type }) => type === "azurerm_application_gateway")
  const rules = (gateway?.values.rewrite_rule_set as { rewrite_rule: Rule[] }[] | undefined)?.[0]
    ?.rewrite_rule
  if (!gateway || !rules) return [finding("plan", "has no rules for the storefront")]
  const placeOf = storefrontPlaces(table)
  const policies = policiesOf(storefront, plan, environment)
  const { "content-security-policy": _, ...others } = securityHeaders
  const addresses = addressesOf(table)
  const misled = addresses.find((path) => answerOf(rules, path).file !== placeOf(path).file)
  const differing = addresses.find((path) => {
    const { "strict-transport-security": hsts, ...headers } = answerOf(rules, path).headers
    const wanted = { ...others, "content-security-policy": policies[placeOf(path).whose] }
    return hsts === undefined || !isDeepStrictEqual(headers, wanted)
  })
  const hosts = (gateway.values.http_listener as { host_name: string }[]).map(({ host_name }) => host_name)
  const shop = new URL(String(plan.variables?.storefront_url?.value)).host
  return [
    // The first of each kind leads to the rule, which is about many.
    ...(misled === undefined
      ? []
      : [
          finding(
            gateway.address,
            `${misled} leads to ${answerOf(rules, misled).file}, locally to ${placeOf(misled).file}`,
          ),
        ]),
    ...(differing === undefined
      ? []
      : [finding(gateway.address, `${differing} has other headers than locally`)]),
    ...(hosts.includes(shop) ? [] : [finding(gateway.address, `does not listen for ${shop}`)]),
    ...checkConfiguration(storefront, plan, environment),
  ]
}
