import { createHash } from "node:crypto"
import { developmentSecrets } from "@eshop/local-cloud/settings"

/** Customers with an id of their own; the seed data and the documentation speak of them. */
const knownCustomers: Record<string, string> = {
  mehmet: "58c49479-ec65-4de2-86e7-033c546291aa",
  john: "189dc8dc-990f-48e0-a37b-e6f2b60b9d7d",
}

/** Customers of the merchant's groups, who have prices of their own. */
const groupsOfCustomers: Record<string, readonly string[]> = {
  tessa: ["trade"],
}

/** The groups of a development customer. */
export const customerGroups = (name: string): readonly string[] =>
  Object.hasOwn(groupsOfCustomers, name) ? (groupsOfCustomers[name] ?? []) : []

/** The roles that people hold, and what somebody with one of them is called. */
const staffRoles: Record<string, string> = {
  "basket.write": "Shipping manager",
  "catalog.write": "Catalogue editor",
  "discount.write": "Marketing manager",
  "inventory.write": "Stock keeper",
  operations: "Operator",
  "orders.fulfil": "Warehouse clerk",
  "orders.manage": "Customer service",
  "privacy.manage": "Data protection officer",
}

/** A person who can sign in. */
export interface Account {
  /** Lower case; what `login_hint` and `preferred_username` say. */
  name: string
  title: string
  roles: readonly string[]
}

/** The customers whom the sign-in page offers; any other name is a customer as well. */
export const customers: readonly Account[] = [
  { name: "mehmet", title: "Mehmet", roles: [] },
  { name: "john", title: "John", roles: [] },
  { name: "tessa", title: "Tessa (trade customer)", roles: [] },
]

/** An account for each role that people hold, named after it, and one with all of them. */
export const staff: readonly Account[] = [
  ...Object.entries(staffRoles).map(([role, title]) => ({
    name: role.replace(".", "-"),
    title,
    roles: [role],
  })),
  { name: "administrator", title: "Administrator (every role)", roles: Object.keys(staffRoles) },
]

export const ACCOUNT_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i

/** The account of a name; undefined for what cannot be a name. */
export function accountOf(name: string): Account | undefined {
  if (!ACCOUNT_NAME.test(name)) return undefined
  const key = name.toLowerCase()
  const listed = [...customers, ...staff].find((account) => account.name === key)
  return listed ?? { name: key, title: key, roles: [] }
}

/** Name space of the derived ids, drawn once at random. */
const NAMESPACE = "0d2f3a54-6c1e-4f0b-9a35-7e8d5b2c9f61"

/** The id of a development account. */
export function customerId(name: string): string {
  const key = name.toLowerCase()
  const known = Object.hasOwn(knownCustomers, key) ? knownCustomers[key] : undefined
  return known ?? derivedId(key)
}

/** An id that is the same at every start and on every machine (UUID version 5, RFC 9562). */
export function derivedId(key: string): string {
  const bytes = createHash("sha1")
    .update(Buffer.from(NAMESPACE.replaceAll("-", ""), "hex"))
    .update(key)
    .digest()
    .subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")
}

/** A service that gets tokens with its own secret, and what it may do. */
export interface ServiceClient {
  id: string
  secret: string
  roles: string[]
}

const client = (id: string, roles: string[]): ServiceClient => ({
  id,
  secret: developmentSecrets.clientSecret(id),
  roles,
})

/** The services of the shop, as they would be registered as applications with app roles in Entra ID. */
export const serviceClients: ReadonlyMap<string, ServiceClient> = new Map(
  [
    client("catalog", []),
    client("basket", ["discount.quote", "inventory.hold"]),
    client("discount", []),
    client("ordering", ["discount.quote", "discount.redeem", "basket.checkouts", "privacy.read"]),
    // Of local.settings.example.json, which each app takes as it is.
    client("development", [
      "discount.quote",
      "discount.redeem",
      "inventory.hold",
      "basket.checkouts",
      "privacy.read",
    ]),
  ].map((entry) => [entry.id, entry]),
)
