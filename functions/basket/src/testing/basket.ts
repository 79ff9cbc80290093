import { randomBytes } from "node:crypto"
import { fileURLToPath } from "node:url"
import { appUnderTest, type Send } from "@eshop/building-blocks/app/testing/app-under-test"
import { newId } from "@eshop/building-blocks/ids"
import { deadLetterPorts } from "@eshop/building-blocks/messaging/dead-letters"
import { emptyQueue } from "@eshop/building-blocks/messaging/testing/empty-queue"
import { PersonalDataSettings } from "@eshop/building-blocks/personal-data/wrapping-keys"
import { applyMigrations } from "@eshop/building-blocks/store/postgres/migrations"
import { postgresPersonalData } from "@eshop/building-blocks/store/postgres/personal-data"
import { postgresStore } from "@eshop/building-blocks/store/postgres/postgres-store"
import { NO_DISCOUNT } from "@eshop/domain/basket/checkout"
import { variantOf } from "@eshop/domain/catalog/product"
import type { ProductSnapshot } from "@eshop/domain/contracts/catalog-events"
import { usd } from "@eshop/domain/kernel/money"
import { postgresCarts } from "../adapters/postgres-carts.ts"
import { postgresCheckouts } from "../adapters/postgres-checkouts.ts"
import { postgresVariantCopies } from "../adapters/postgres-variant-copies.ts"
import { basket } from "../app.ts"
import type { CheckoutPorts, Discounts } from "../checkout/ports.ts"
import type { Catalog } from "../products/ports.ts"

const migrations = fileURLToPath(new URL("../../migrations/postgres", import.meta.url))

const { PERSONAL_DATA_KEYS: wrappingKeys } = PersonalDataSettings.parse({
  PERSONAL_DATA_KEYS: `test:${randomBytes(32).toString("base64")}`,
})

/** Basket's ports on a real database, without a cache; Catalog sells nothing and Discount takes nothing off. */
export async function basketOn(databaseUrl: string) {
  await applyMigrations(databaseUrl, migrations)
  const store = postgresStore(databaseUrl)
  const ports: CheckoutPorts = {
    carts: postgresCarts(store.pool),
    checkouts: postgresCheckouts(store.pool),
    copies: postgresVariantCopies(store.pool),
    outbox: store.outbox,
    personalData: postgresPersonalData(store.pool, wrappingKeys),
    catalog: { find: async () => undefined },
    discounts: noDiscounts,
  }
  /** The app in this process. @param other ports that a test wants otherwise */
  const appWith = (other: Partial<CheckoutPorts> = {}) =>
    appUnderTest(basket, {
      ports: { ...ports, ...deadLetterPorts(basket, store, emptyQueue), ...other },
      store,
    })
  const count = async (table: string): Promise<number> =>
    (await store.pool.query(`SELECT count(*) FROM ${table}`)).rows[0].count
  /** Everything that a write would change, of all customers. */
  const everything = async () => {
    const tables = [
      "cart",
      "cart_audit",
      "checkout",
      "customer_key",
      "personal_data",
      "idempotent_request",
      "outbox",
    ]
    const rows = await Promise.all(
      tables.map(async (table) => (await store.pool.query(`SELECT * FROM ${table} ORDER BY 1, 2`)).rows),
    )
    return Object.fromEntries(tables.map((table, index) => [table, rows[index]]))
  }
  return { store, pool: store.pool, ports, appWith, count, everything }
}
export type BasketOn = Awaited<ReturnType<typeof basketOn>>

export const noDiscounts: Discounts = { quote: async () => NO_DISCOUNT }

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
/** A product with one variant that no other test knows. */
export const newProduct = (amount: number, more: Partial<ProductSnapshot> = {}) => {
  const sku = `TEST-${++skus}`
  const variants = [{ sku, options: { colour: "Black" }, price: usd(amount) }]
  return { productId: newId(), name: "Phone", version: 1, variants, ...more, sku }
}

export const customer = (id = newId()) => ({ kind: "customer" as const, id, roles: [] })

export const put = (send: Send, sku: string, quantity: number, headers?: Record<string, string>) =>
  send("PUT", `cart/items/${sku}`, { quantity }, headers)

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
