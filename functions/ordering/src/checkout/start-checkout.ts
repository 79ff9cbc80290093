import { useCase } from "@eshop/building-blocks/use-case"
import { BasketCheckedOut } from "@eshop/domain/events/basket-events"
import type { Orders } from "../orders/ports.ts"
import type { CheckoutInput } from "./checkout-saga.ts"
import type { Sagas } from "./ports.ts"

/** A basket was checked out: starts the saga of its order, unless the order is there already. */
export const startCheckout = ({ sagas, orders }: { sagas: Sagas; orders: Orders }) =>
  useCase("ordering.start-checkout", BasketCheckedOut.data, (checkout, call) =>
    call.transact(async (tx) => {
      // The saga's first step creates the order: a late redelivery must not run an ended saga again.
      if (await orders.lock(tx, checkout.checkoutId)) return
      const input: CheckoutInput = { checkout, ...(call.traceparent && { traceparent: call.traceparent }) }
      await sagas.start(checkout.checkoutId, input)
    }),
  )
