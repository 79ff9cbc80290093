import { generateKeyPairSync, randomBytes } from "node:crypto"
import { fileURLToPath } from "node:url"
import type { PortsOf } from "@eshop/building-blocks/app/app"
import { appUnderTest, type Send } from "@eshop/building-blocks/app/testing/app-under-test"
import { guestTokens, newGuestId } from "@eshop/building-blocks/identity/guest-token"
import { orderTokens } from "@eshop/building-blocks/identity/order-token"
import { newId } from "@eshop/building-blocks/ids"
import { deadLetterPorts } from "@eshop/building-blocks/messaging/dead-letters"
import { emptyQueue } from "@eshop/building-blocks/messaging/testing/empty-queue"
import { signingKeys } from "@eshop/building-blocks/signing/signing-keys"
import { postgresAudit } from "@eshop/building-blocks/store/postgres/audit"
import { postgresErasedCustomers } from "@eshop/building-blocks/store/postgres/erased-customers"
import { applyMigrations } from "@eshop/building-blocks/store/postgres/migrations"
import { postgresPersonalData } from "@eshop/building-blocks/store/postgres/personal-data"
import { postgresStore } from "@eshop/building-blocks/store/postgres/postgres-store"
import { postgresWrappedKeys } from "@eshop/building-blocks/store/postgres/wrapped-keys"
import { versionedKeys } from "@eshop/building-blocks/versioned-keys"
import { type DiscountAnswer, NO_DISCOUNT } from "@eshop/domain/basket/checkout"
import { variantOf } from "@eshop/domain/catalog/snapshot"
import type { ProductSnapshot } from "@eshop/domain/contracts/catalog-events"
import type { QuoteRequest } from "@eshop/domain/contracts/quotes"
import type { StockLine } from "@eshop/domain/contracts/stock-lines"
import type { TaxRates } from "@eshop/domain/contracts/taxes"
import { usd } from "@eshop/domain/kernel/money"
import { postgresCarts } from "../adapters/postgres-carts.ts"
import { postgresCheckouts } from "../adapters/postgres-checkouts.ts"
import { postgresCustomers } from "../adapters/postgres-customers.ts"
import { postgresGuestAccounts } from "../adapters/postgres-guest-accounts.ts"
import { postgresShippingMethods } from "../adapters/postgres-shipping-methods.ts"
import { postgresTaxCopies } from "../adapters/postgres-tax-copies.ts"
import { postgresVariantCopies } from "../adapters/postgres-variant-copies.ts"
import { signedProofs } from "../adapters/signed-proofs.ts"
import { basket as app } from "../app.ts"
import type { CheckoutPorts } from "../checkout/ports.ts"
import type { StockHolds } from "../holds/ports.ts"
import type { Discounts } from "../pricing/ports.ts"
import type { Catalog } from "../products/ports.ts"
import { freeShipping } from "./shipping.ts"

const migrations = fileURLToPath(new URL("../../migrations/postgres", import.meta.url))

const newKeys = () => versionedKeys.parse(`test:${randomBytes(32).toString("base64")}`)

const newSigningKeys = () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  return signingKeys.parse(`test:${privateKey.export({ format: "der", type: "pkcs8" }).toString("base64")}`)
}

const guestKeys = newKeys()
/** Of the guests of all tests. */
export const testGuests = guestTokens(guestKeys)
export const testOrderTokens = orderTokens(guestKeys)

/**
 * Basket's ports on a real database, without a cache. Catalog sells nothing, taxes nothing and holds nothing; Discount
 * takes nothing off; everything is shipped for nothing.
 */
export async function basketOn(databaseUrl: string) {
  await applyMigrations(databaseUrl, migrations)
  const store = postgresStore(databaseUrl)
  const keys = newKeys()
  const ports = {
    carts: postgresCarts(store.pool),
    audit: postgresAudit(store.pool),
    checkouts: postgresCheckouts(store.pool),
    copies: postgresVariantCopies(store.pool),
    taxCopies: postgresTaxCopies(store.pool),
    shippingMethods: postgresShippingMethods(store.pool),
    outbox: store.outbox,
    proofs: signedProofs(newSigningKeys()),
    personalData: postgresPersonalData(store.pool, keys),
    wrappedKeys: postgresWrappedKeys(store.pool, keys),
    customers: postgresCustomers(store.pool),
    guestAccounts: postgresGuestAccounts(store.pool),
    erased: postgresErasedCustomers(store.pool),
    catalog: { find: async () => undefined },
    catalogTaxes: { rates: async (country) => ({ country, version: 0, rates: [] }) },
    stockHints: { of: async () => new Map() },
    stockHolds: noHolds,
    discounts: noDiscounts,
  } satisfies CheckoutPorts & Partial<PortsOf<typeof app>>
  await store.unitOfWork.transaction((tx) => ports.shippingMethods.put(tx, freeShipping))
  /** The app in this process. @param other ports that a test wants otherwise */
  const appWith = (other: Partial<PortsOf<typeof app>> = {}) =>
    appUnderTest(app, {
      ports: { ...ports, logLevels: store.logLevels, ...deadLetterPorts(app, store, emptyQueue), ...other },
      store,
      guests: testGuests,
      orderTokens: testOrderTokens,
    })
  const count = async (table: string): Promise<number> =>
    (await store.pool.query(`SELECT count(*) FROM ${table}`)).rows[0].count
  /** Everything that a write would change, of all customers. */
  const everything = async () => {
    const tables = [
      "cart",
      "audit",
      "checkout",
      "customer_key",
      "personal_data",
      "idempotent_request",
      "outbox",
      "shipping_method",
    ]
    const rows = await Promise.all(
      tables.map(async (table) => (await store.pool.query(`SELECT * FROM ${table} ORDER BY 1, 2`)).rows),
    )
    return Object.fromEntries(tables.map((table, index) => [table, rows[index]]))
  }
  return { store, pool: store.pool, ports, appWith, count, everything }
}
export type BasketOn = Awaited<ReturnType<typeof basketOn>>

/** Discount that answers a cart that is shown and a checkout alike. */
export const discountsOf = (
  quote: (request: QuoteRequest) => DiscountAnswer | Promise<DiscountAnswer>,
): Discounts => ({
  quote: async (request) => await quote(request),
  recentQuote: async (request) => await quote(request),
})
export const noDiscounts = discountsOf(() => NO_DISCOUNT)

const noHolds: StockHolds = { put: async () => "unavailable", release: async () => undefined }

/** Catalog's holds, each for ten minutes, in memory. */
export function holdsInMemory(): StockHolds & { readonly held: Map<string, readonly StockLine[]> } {
  const held = new Map<string, readonly StockLine[]>()
  return {
    held,
    async put(holdId, lines) {
      held.set(holdId, lines)
      return { expiresAt: new Date(Date.now() + 600_000).toISOString() }
    },
    async release(holdId) {
      held.delete(holdId)
    },
  }
}

/** A catalog of these products that remembers what it was asked. */
export function catalogOf(products: readonly ProductSnapshot[]): Catalog & { readonly asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    async find(sku) {
      asked.push(sku)
      return products.map((product) => variantOf(product, sku)).find((variant) => variant !== undefined)
    },
  }
}

let skus = 0
type NewVariant = Partial<ProductSnapshot["variants"][number]>
/** A product with one variant that no other test knows. */
export const newProduct = (amount: number, more: Partial<ProductSnapshot> = {}, variant: NewVariant = {}) => {
  const sku = `TEST-${++skus}`
  const variants = [{ sku, options: { colour: "Black" }, price: usd(amount), ...variant }]
  return { productId: newId(), name: "Phone", version: 1, variants, ...more, sku }
}

/** The rates of a country: 20 % and, for `books`, 7 %. */
export const taxRatesOf = (country: string, version = 1): TaxRates => ({
  country,
  version,
  rates: [
    { country, taxCategory: "standard", rate: 20_000, validFrom: "2020-01-01T00:00:00.000Z" },
    { country, taxCategory: "books", rate: 7_000, validFrom: "2020-01-01T00:00:00.000Z" },
  ],
})

export const customer = (id = newId()) => ({ kind: "customer" as const, id, roles: [] as string[] })
export const guest = (id = newGuestId(newId())) => ({ kind: "guest" as const, id })

export const put = (send: Send, sku: string, quantity: number, headers?: Record<string, string>) =>
  send("PUT", `cart/items/${sku}`, { quantity }, headers)

export const add = (send: Send, sku: string, quantity: number, key: string = crypto.randomUUID()) =>
  send("POST", "cart/items", { sku, quantity }, { "idempotency-key": key })

export const shippingAddress = {
  firstName: "Mehmet",
  lastName: "Yılmaz",
  emailAddress: "mehmet@example.com",
  addressLine: "Bağdat Caddesi 1",
  country: "TR",
}
export const checkoutOf = (amount: number, more: object = {}) => ({
  expectedTotal: usd(amount),
  shippingAddress,
  paymentMethod: "pm_card_visa",
  ...more,
})
export const checkOut = (
  send: Send,
  body: unknown,
  key: string = crypto.randomUUID(),
  headers: Record<string, string> = {},
) => send("POST", "checkout", body, { "idempotency-key": key, ...headers })
