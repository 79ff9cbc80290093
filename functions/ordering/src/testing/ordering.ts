import { randomBytes } from "node:crypto"
import { fileURLToPath } from "node:url"
import type { PortsOf } from "@eshop/building-blocks/app/app"
import { appUnderTest } from "@eshop/building-blocks/app/testing/app-under-test"
import type { Sagas } from "@eshop/building-blocks/durable/saga-client"
import { newId } from "@eshop/building-blocks/ids"
import { deadLetterPorts } from "@eshop/building-blocks/messaging/dead-letters"
import { emptyQueue } from "@eshop/building-blocks/messaging/testing/empty-queue"
import { PersonalDataSettings } from "@eshop/building-blocks/personal-data/wrapping-keys"
import { applyMigrations } from "@eshop/building-blocks/store/postgres/migrations"
import { postgresPersonalData } from "@eshop/building-blocks/store/postgres/personal-data"
import { postgresStore } from "@eshop/building-blocks/store/postgres/postgres-store"
import { BasketCheckedOut, type Checkout } from "@eshop/domain/contracts/basket-events"
import { type CheckoutDetails, getCheckout } from "@eshop/domain/contracts/checkouts"
import { postgresOrderViews } from "../adapters/postgres-order-views.ts"
import { postgresOrders } from "../adapters/postgres-orders.ts"
import { postgresPriceProofs } from "../adapters/postgres-price-proofs.ts"
import { postgresProjection } from "../adapters/postgres-projection.ts"
import { ordering } from "../app.ts"

export type OrderingPorts = PortsOf<typeof ordering>

const migrations = fileURLToPath(new URL("../../migrations/postgres", import.meta.url))

const { PERSONAL_DATA_KEYS: wrappingKeys } = PersonalDataSettings.parse({
  PERSONAL_DATA_KEYS: `test:${randomBytes(32).toString("base64")}`,
})

const never = async () => {
  throw new Error("no saga runs here")
}

/** Ordering's ports on a real database. Basket knows the checkouts that a test puts there; sagas are only recorded. */
export async function orderingOn(databaseUrl: string) {
  await applyMigrations(databaseUrl, migrations)
  const store = postgresStore(databaseUrl)
  const checkouts = new Map<string, CheckoutDetails>()
  const find = async (id: string) => checkouts.get(id)
  const sagas = recordedSagas()
  const ports: OrderingPorts = {
    orders: postgresOrders(store.pool, () => {}),
    views: postgresOrderViews(store.relaxedPool),
    projection: postgresProjection(store.relaxedPool),
    personalData: postgresPersonalData(store.pool, wrappingKeys),
    proofs: postgresPriceProofs(store.pool),
    outbox: store.outbox,
    ...deadLetterPorts(ordering, store, emptyQueue),
    checkouts: { find, lookUp: find },
    sagas,
    payments: { authorise: never, check: never, capture: never, undo: never },
    redemptions: { reserve: never, confirm: never, release: never },
  }
  return {
    store,
    ports,
    sagas,
    /** The app in this process. @param other ports that a test wants otherwise */
    appWith: (other: Partial<OrderingPorts> = {}) =>
      appUnderTest(ordering, { ports: { ...ports, ...other }, store }),
    /** A checkout that Basket knows, and what it knows of it. */
    newCheckout(more: Partial<Checkout> = {}): { checkout: Checkout; details: CheckoutDetails } {
      const checkoutId = newId()
      const checkout = { ...BasketCheckedOut.example, checkoutId, customerId: newId(), ...more }
      const { customerId } = checkout
      const details = { ...getCheckout.example.answer, checkoutId, customerId, checkout }
      checkouts.set(checkoutId, details)
      return { checkout, details }
    },
    /** The types of what waits to be sent about an order. */
    async announced(orderId: string): Promise<string[]> {
      const { rows } = await store.pool.query<{ type: string }>(
        "SELECT event->>'type' AS type FROM outbox WHERE event->>'subject' = $1 ORDER BY position",
        [orderId],
      )
      return rows.map(({ type }) => type)
    },
  }
}

/** Sagas that are started and hear events, and do nothing. */
function recordedSagas() {
  const started: { saga: string; id: string; input: unknown }[] = []
  const raised: { id: string; event: string; data: unknown }[] = []
  const sagas: Sagas = {
    async start({ name: saga }, id, input) {
      if (!started.some((one) => one.id === id)) started.push({ saga, id, input })
    },
    async raise(id, event, data) {
      if (!started.some((one) => one.id === id)) return false
      raised.push({ id, event, data })
      return true
    },
    status: async (id) =>
      started.some((one) => one.id === id) ? { status: "running", position: undefined } : undefined,
  }
  return {
    ...sagas,
    startedFor: (id: string) => started.filter((one) => one.id === id),
    raisedFor: (id: string) => raised.filter((one) => one.id === id),
  }
}

export const customer = (id: string) => ({ kind: "customer" as const, id, roles: [] })
export const operator = { kind: "service" as const, id: "operator", roles: ["operations"] }
