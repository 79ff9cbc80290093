import { useCase } from "@eshop/building-blocks/use-case"
import { BasketCheckedOut } from "@eshop/domain/events/basket-events"
import type { CheckoutInput } from "./checkout-saga.ts"
import type { Sagas } from "./ports.ts"

/** A basket was checked out: starts the saga of its order. */
export const startCheckout = ({ sagas }: { sagas: Sagas }) =>
  useCase("ordering.start-checkout", BasketCheckedOut.data, (checkout, call) =>
    call.transact(async () => {
      const input: CheckoutInput = { checkout, ...(call.traceparent && { traceparent: call.traceparent }) }
      await sagas.start(checkout.checkoutId, input)
    }),
  )
