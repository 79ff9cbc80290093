import { afterAll, beforeAll, beforeEach } from "vitest"
import { newDatabase } from "../../../../../tests/fixtures/new-database.ts"
import { recordsInMemory } from "../../../../../tests/payments/provider.ts"
import { operator, orderingOn } from "../../testing/ordering.ts"
import type { ProviderRecords } from "../ports.ts"
import { paymentOrders } from "./orders.ts"

type Ordering = Awaited<ReturnType<typeof orderingOn>>

/** What a run of the reconciler tells when it finds nothing. */
export const nothing = { right: 0, waiting: 0, voided: 0, refunded: 0, noted: 0, reported: 0, alarms: 0 }

/** A shop on a database of its own for the tests of a file, with a provider and a reconciler that begin anew for each of them. */
export function reconciledShop() {
  let ordering: Ordering
  let orders: ReturnType<typeof paymentOrders>
  let provider: ReturnType<typeof recordsInMemory>
  let alarms: string[]

  beforeAll(async () => {
    ordering = await orderingOn(await newDatabase("ordering"))
    orders = paymentOrders(ordering)
  })
  afterAll(() => ordering?.store.close())
  beforeEach(async () => {
    await ordering.store.pool.query("TRUNCATE provider_watch, provider_reconciliation")
    provider = recordsInMemory()
    alarms = []
  })

  /** The app, which says what it raises. @param work what is done with it */
  async function within<T>(
    records: ProviderRecords,
    work: (app: ReturnType<Ordering["appWith"]>) => Promise<T>,
  ): Promise<T> {
    const app = ordering.appWith({
      providerRecords: records,
      payments: {
        ...ordering.ports.payments,
        checkRefund: async (id) => (await records.findRefund(id))?.outcome as never,
      },
    })
    const answer = await work(app)
    alarms.push(...app.lines("error").map(({ alarm }) => String(alarm)))
    return answer
  }
  const run = (records: ProviderRecords = provider.records) =>
    within(
      records,
      async (app) => (await app.as(operator)("POST", "operations/payments/reconciliation", {})).body,
    )

  return {
    get ordering() {
      return ordering
    },
    get orders() {
      return orders
    },
    get provider() {
      return provider
    },
    /** The names of the alarms that were raised. */
    get alarms() {
      return alarms
    },
    within,
    /** Runs the reconciler. @param records in place of the provider's */
    run,
    /** From the time that was settled on again, as a run that was broken off before it kept its place. */
    async runAnew() {
      await ordering.store.pool.query("TRUNCATE provider_reconciliation")
      return await run()
    },
  }
}
