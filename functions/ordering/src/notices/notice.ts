import type { Call, Tx } from "@eshop/building-blocks/app/call"
import { StockLines } from "@eshop/domain/contracts/stock-lines"
import { OrderId, ReasonCode, RefundId, ReturnId, ShipmentId, WithdrawalId } from "@eshop/domain/kernel/ids"
import * as z from "zod"

const ofOrder = { orderId: OrderId }

/** What a notice is about: ids and facts. What it says, and to whom, is read when it is sent. */
export const NoticeFacts = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("order-confirmed"), ...ofOrder }),
  z.object({ kind: z.literal("order-shipped"), ...ofOrder, shipmentId: ShipmentId }),
  z.object({ kind: z.literal("order-delivered"), ...ofOrder }),
  z.object({ kind: z.literal("order-cancelled"), ...ofOrder, reason: ReasonCode }),
  z.object({ kind: z.literal("lines-cancelled"), ...ofOrder, lines: StockLines, reason: ReasonCode }),
  z.object({ kind: z.literal("order-returned"), ...ofOrder, returnId: ReturnId, lines: StockLines }),
  z.object({ kind: z.literal("order-refunded"), ...ofOrder, refundId: RefundId }),
  z.object({ kind: z.literal("withdrawal-received"), ...ofOrder, withdrawalId: WithdrawalId }),
  /** The way back to an order, for whoever asked for it with the right e-mail address. */
  z.object({
    kind: z.literal("order-link"),
    order: z.union([z.object({ number: z.string() }), z.object({ id: OrderId })]),
    emails: z.array(z.object({ keyVersion: z.string(), value: z.string() })),
  }),
])
export type NoticeFacts = z.infer<typeof NoticeFacts>
export type NoticeKind = NoticeFacts["kind"]

export type QueuedNotice = { readonly id: string; readonly facts: NoticeFacts }

/** Where notices are put; the rest of the queue is its sender's. */
type Queue = { add(tx: Tx, notices: readonly QueuedNotice[]): Promise<void> }

/** Puts a notice where it leaves from, in the transaction of what it tells. */
export const notify = (
  { notices }: { readonly notices: Queue },
  tx: Tx,
  facts: NoticeFacts,
  call: Pick<Call, "newId">,
): Promise<void> => notices.add(tx, [{ id: call.newId(), facts }])
