import { newId } from "@eshop/building-blocks/ids"
import { commands } from "@eshop/domain/ordering/testing/given"
import { changeOrder } from "../orders/change-order.ts"
import type { orderingOn } from "./ordering.ts"

/** Says commands to an order, one after the other, in one transaction. */
export const changeOrders = (
  { store, ports }: Pick<Awaited<ReturnType<typeof orderingOn>>, "store" | "ports">,
  orderId: string,
  ...said: readonly [name: keyof typeof commands, says: object][]
): Promise<void> =>
  store.unitOfWork.transaction(async (tx) => {
    for (const [name, says] of said)
      await changeOrder(
        ports,
        tx,
        orderId,
        (order) => commands[name](order as never, says as never, new Date()) as never,
        { now: new Date(), newId },
      )
  })
