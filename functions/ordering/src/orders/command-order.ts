import { type Call, type CommandCall, isStale, type Tx } from "@eshop/building-blocks/app/call"
import type { Audit } from "@eshop/building-blocks/audit/audit"
import { OrderStatus } from "@eshop/domain/contracts/ordering-events"
import { OrderId } from "@eshop/domain/kernel/ids"
import { defineRefusal, isRefusal, type Refusal, type RefusalOf } from "@eshop/domain/kernel/refusal"
import type { Order } from "@eshop/domain/ordering/order"
import type { OrderEvent } from "@eshop/domain/ordering/order-events"
import { orderNumberOf } from "@eshop/domain/ordering/order-number"
import { orderUnknown } from "@eshop/domain/ordering/order-refusals"
import * as z from "zod"
import { type Changed, changeStoredOrder, type OrderPorts } from "./change-order.ts"
import { isOwn } from "./get-order.ts"

export type CommandPorts = OrderPorts & { readonly audit: Audit }

export const orderStale = defineRefusal("order.stale", "stale", "The order has changed meanwhile.")

/** The answer to a command: how the order stands, and nothing personal, since answers are kept. */
export const ChangedOrder = z.strictObject({
  id: OrderId,
  number: z.string(),
  status: OrderStatus,
  version: z.int().min(0),
})

export const changedOf = ({ order, version }: Changed): z.infer<typeof ChangedOrder> => ({
  id: order.id,
  number: orderNumberOf(order.id),
  status: order.status,
  version,
})

type Decide<R> = (order: Order | undefined) => OrderEvent[] | R

/** A command of somebody: what it is called in the audit trail, what it says, and how the domain decides it. */
export type PersonsCommand<R> = {
  readonly orderId: string
  readonly action: string
  readonly says: object
  readonly decide: Decide<R>
}

/**
 * Changes an order on somebody's behalf: not when it has changed since they saw it (If-Match), and with an entry in the
 * audit trail unless nothing changes.
 */
export async function commandOrder<R extends Refusal>(
  ports: CommandPorts,
  tx: Tx,
  call: Call,
  { orderId, action, says, decide }: PersonsCommand<R>,
): Promise<Changed | R | RefusalOf<[typeof orderStale]>> {
  const changed = await changeStoredOrder<R | RefusalOf<[typeof orderStale]>>(
    ports,
    tx,
    orderId,
    (stored) => {
      const decided = decide(stored?.order)
      // Whoever may not know of the order does not learn its version either.
      if (!stored || (isRefusal(decided) && decided.kind === "not-found")) return decided
      return isStale(call, stored.version) ? orderStale() : decided
    },
    call,
  )
  if (isRefusal(changed)) return changed
  const { events } = changed as Changed
  if (events.length > 0)
    await ports.audit.add(tx, call, [{ subject: `order ${orderId}`, action, change: says }])
  return changed
}

/**
 * Commits a command of somebody (see commandOrder).
 * @param made the ids of what the command makes; the answer names them as well
 * @returns how the order stands then, or why nothing has changed
 */
export const commitCommand = <R extends Refusal, Made extends object>(
  ports: CommandPorts,
  call: CommandCall,
  given: PersonsCommand<R>,
  made?: Made,
) =>
  call.commit(async (tx) => {
    const changed = await commandOrder(ports, tx, call, given)
    return isRefusal(changed) ? changed : { ...changedOf(changed as Changed), ...(made as Made) }
  })

/** A decision that only the order's customer gets; to anybody else the order is unknown. */
export const byItsCustomer =
  <R extends Refusal>(call: Call, decide: (order: Order) => OrderEvent[] | R) =>
  (order: Order | undefined): OrderEvent[] | R | RefusalOf<[typeof orderUnknown]> =>
    order && isOwn(call, order) ? decide(order) : orderUnknown()
