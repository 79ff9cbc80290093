import { command } from "@eshop/building-blocks/app/use-case"
import { OPERATOR } from "@eshop/building-blocks/durable/position"
import type { Sagas } from "@eshop/building-blocks/durable/saga-client"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { SagaWordSpoken } from "@eshop/domain/contracts/ordering-events"
import { cancelOrder } from "@eshop/domain/ordering/cancel-order"
import { customerAsked, reasonOf } from "@eshop/domain/ordering/cancel-reasons"
import * as z from "zod"
import { CANCEL } from "../checkout/checkout-saga.ts"
import { isUnderWay } from "../checkout/order-steps.ts"
import { changeOrder, type OrderPorts } from "../orders/change-order.ts"

type Ports = OrderPorts & { readonly sagas: Sagas }

/**
 * What a person said reaches the saga that it was said to: one that is not there yet is tried again while its order is
 * under way, one that has ended does not hear it. A customer's cancellation that comes when the checkout is over ends the
 * paid order instead, as long as nothing has left.
 */
export const hearWord = command("ordering.hear-word", {
  input: SagaWordSpoken.data,
  result: z.void(),
  handle:
    (ports: Ports) =>
    async ({ orderId, instanceId, word, step, attempt }, call) => {
      const { orders, sagas } = ports
      const isCancel = word === "cancel"
      const [event, data] = isCancel ? [CANCEL, {}] : [OPERATOR, { step, attempt, word }]
      const hasRaised = await sagas.raise(instanceId, event, data)
      // After the event was raised: a checkout that has not ended by then hears it.
      const stored = await orders.find(orderId)
      if (!hasRaised && stored && isUnderWay(stored.order))
        throw new DependencyUnavailableError(`the saga ${instanceId}`)
      return await call.commit(async (tx) => {
        if (!isCancel || stored?.order.status !== "Paid") return
        const reason = reasonOf(customerAsked())
        await changeOrder(ports, tx, orderId, (order) => cancelOrder(order, { reason }, call.now), call)
      })
    },
})
