import { useCase } from "@eshop/building-blocks/app/use-case"
import { message, type Outbox } from "@eshop/building-blocks/messaging/outbox"
import { BasketAbandoned } from "@eshop/domain/contracts/basket-events"
import * as z from "zod"
import type { CartPorts } from "./ports.ts"

const DAY_MS = 86_400_000
const GUEST_DAYS = 30
const CUSTOMER_DAYS = 180
/** Of each kind, in one short transaction. */
const CHUNK = 200

/** Gives up carts that nobody has touched for long; those with something in them are told of. */
export const expireCarts = useCase("basket.expire-carts", {
  input: z.strictObject({}),
  result: z.void(),
  handle:
    ({ carts, audit, outbox }: Pick<CartPorts, "carts" | "audit"> & { readonly outbox: Outbox }) =>
    async (_, call) => {
      const daysAgo = (days: number) => new Date(call.now.getTime() - days * DAY_MS)
      const before = { guests: daysAgo(GUEST_DAYS), customers: daysAgo(CUSTOMER_DAYS) }
      const removeSome = () =>
        call.transact(async (tx) => {
          const expired = await carts.removeAbandoned(tx, before, CHUNK)
          await audit.add(
            tx,
            call,
            expired.map(({ cart: { customerId, version } }) => ({
              subject: `cart ${customerId}`,
              action: "expired",
              change: { version },
            })),
          )
          const abandoned = expired.flatMap(({ cart: { customerId, items }, touchedAt }) => {
            const lines = items.map(({ sku, quantity }) => ({ sku, quantity }))
            const data = { customerId, lines, touchedAt: touchedAt.toISOString() }
            return lines.length > 0 ? [message(BasketAbandoned, customerId, data, call)] : []
          })
          await outbox.add(tx, abandoned)
          return expired.length
        })
      let removed: number
      do removed = await removeSome()
      while (removed >= CHUNK)
    },
})
