import { newId } from "@eshop/building-blocks/ids"
import { BasketCheckedOut } from "@eshop/domain/contracts/basket-events"
import type { PaymentReported } from "@eshop/domain/contracts/ordering-events"
import { commands } from "@eshop/domain/ordering/testing/given"
import type { z } from "zod"
import { changeOrder } from "../../orders/change-order.ts"
import type { orderingOn } from "../../testing/ordering.ts"

/** Orders on a real database, as tests of their payments need them. */
export function paymentOrders(ordering: Awaited<ReturnType<typeof orderingOn>>) {
  const change = (orderId: string, ...said: [keyof typeof commands, object][]) =>
    ordering.store.unitOfWork.transaction(async (tx) => {
      for (const [name, says] of said)
        await changeOrder(
          ordering.ports,
          tx,
          orderId,
          (order) => commands[name](order, says as never, new Date()) as never,
          { now: new Date(), newId } as never,
        )
    })

  /** @returns the id of an order that awaits its payment, which would be `pi_` and that id */
  async function awaiting(): Promise<string> {
    const { checkout } = ordering.newCheckout()
    await ordering.appWith().publish(BasketCheckedOut, checkout)
    const reservedUntil = new Date(Date.now() + 30 * 60_000).toISOString()
    await change(checkout.checkoutId, ["confirmStock", { reservedUntil }])
    return checkout.checkoutId
  }

  async function paid(): Promise<string> {
    const orderId = await awaiting()
    const captured = (await ordering.ports.orders.find(orderId))?.order.total as object
    await change(orderId, ["payOrder", { paymentId: `pi_${orderId}`, captured }])
    return orderId
  }

  async function cancelled(): Promise<string> {
    const orderId = await awaiting()
    await change(orderId, ["cancelOrder", { reason: { code: "test", detail: "A test." } }])
    return orderId
  }

  return {
    change,
    awaiting,
    paid,
    cancelled,
    orderOf: async (orderId: string) => (await ordering.ports.orders.find(orderId))?.order,
    /** The reports about an order that wait to be sent. */
    async reportsOf(orderId: string): Promise<z.output<typeof PaymentReported.data>[]> {
      const { rows } = await ordering.store.pool.query(
        `SELECT event->'data' AS data FROM outbox
         WHERE event->>'subject' = $1 AND event->>'type' = 'eshop.ordering.payment-reported.v1' ORDER BY position`,
        [orderId],
      )
      return rows.map(({ data }) => data)
    },
    async watched(): Promise<string[]> {
      return (await ordering.ports.paymentWatch.watched(1_000)).map(({ id }) => id)
    },
  }
}
