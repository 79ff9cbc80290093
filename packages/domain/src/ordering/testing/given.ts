import { usd } from "../../kernel/money.ts"
import { acceptReturn } from "../accept-return.ts"
import { cancelLines } from "../cancel-lines.ts"
import { cancelOrder } from "../cancel-order.ts"
import { closeDispute } from "../close-dispute.ts"
import { closeOrder } from "../close-order.ts"
import { confirmStock } from "../confirm-stock.ts"
import { deliverShipment } from "../deliver-shipment.ts"
import { failRefund } from "../fail-refund.ts"
import { noteProviderRefund } from "../note-provider-refund.ts"
import { openDispute } from "../open-dispute.ts"
import { type Order, replay } from "../order.ts"
import type { OrderEvent } from "../order-events.ts"
import { type PayOrder, payOrder } from "../pay-order.ts"
import { rejectReturn } from "../reject-return.ts"
import { requestRefund } from "../request-refund.ts"
import { requestReturn } from "../request-return.ts"
import { requirePaymentAction } from "../require-payment-action.ts"
import { settleRefund } from "../settle-refund.ts"
import { shipOrder } from "../ship-order.ts"
import { type SubmitOrder, submitOrder } from "../submit-order.ts"
import { withdraw } from "../withdraw.ts"

/** Paid, with the number of an invoice where a test says none. */
const pays = (
  order: Order | undefined,
  says: Omit<PayOrder, "invoiceNumber"> & Partial<PayOrder>,
  at: Date,
) => payOrder(order, { invoiceNumber: "2026-000001", ...says }, at)

/** Every command of an order. */
export const commands = {
  submitOrder,
  confirmStock,
  requirePaymentAction,
  payOrder: pays,
  cancelOrder,
  cancelLines,
  shipOrder,
  deliverShipment,
  closeOrder,
  withdraw,
  requestReturn,
  acceptReturn,
  rejectReturn,
  requestRefund,
  settleRefund,
  failRefund,
  noteProviderRefund,
  openDispute,
  closeDispute,
}
type Commands = typeof commands
export type CommandName = keyof Commands
/** A command as data: its name and what it says. */
export type Said = { [Name in CommandName]: [name: Name, says: Parameters<Commands[Name]>[1]] }[CommandName]

export const now = new Date("2026-11-01T10:00:00.000Z")
export const at = now.toISOString()
const uuid = (last: number) => `018f0000-0000-7000-8000-${String(last).padStart(12, "0")}`
export const [orderId, shipment1, shipment2, refund1, refund2, id1, id2] = [1, 2, 3, 4, 5, 6, 7].map(
  uuid,
) as [string, string, string, string, string, string, string]

const line = (sku: string, quantity: number, cents: number) => ({
  sku,
  productId: "5334c996-8457-4cf0-815c-ed2b77c4ff61",
  name: "IPhone X",
  quantity,
  unitPrice: usd(cents),
  discounts: [],
  total: usd(quantity * cents),
})

/** Two red and one black, 30.00 together. */
export const submission: SubmitOrder = {
  orderId,
  customerId: "58c49479-ec65-4de2-86e7-033c546291aa",
  lines: [line("IPHONE-X-RED", 2, 10_00), line("IPHONE-X-BLACK", 1, 10_00)],
  subtotal: usd(30_00),
  discount: usd(0),
  total: usd(30_00),
  couponCodes: [],
  discountUnavailable: false,
  paymentMethod: "pm_card_visa",
  personalData: { commitment: "a".repeat(64) },
}
export const red = (quantity: number) => ({ sku: "IPHONE-X-RED", quantity })
export const black = (quantity: number) => ({ sku: "IPHONE-X-BLACK", quantity })

/** What a command decides, whatever its name. */
export const decide = (order: Order | undefined, [name, says]: Said) =>
  (
    commands[name] as (
      order: Order | undefined,
      says: unknown,
      now: Date,
    ) => ReturnType<Commands[CommandName]>
  )(order, says, now)

/** The stream that accepted commands make. @throws when one is refused */
export function streamOf(...said: readonly Said[]): OrderEvent[] {
  const stream: OrderEvent[] = []
  for (const one of said) {
    const decided = decide(replay(stream), one)
    if (!Array.isArray(decided)) throw new Error(`${one[0]} was refused: ${decided.code}`)
    stream.push(...decided)
  }
  return stream
}

/** Commands that lead along the way of an order, each on top of the ones before. */
export const submit: Said = ["submitOrder", submission]
export const confirm: Said = ["confirmStock", {}]
export const pay: Said = ["payOrder", { paymentId: "pi_1", captured: usd(30_00) }]
export const shipRed: Said = ["shipOrder", { shipmentId: shipment1, lines: [red(2)], carrier: "DHL" }]
export const shipBlack: Said = ["shipOrder", { shipmentId: shipment2, lines: [black(1)] }]
export const deliverRed: Said = ["deliverShipment", { shipmentId: shipment1 }]
export const deliverBlack: Said = ["deliverShipment", { shipmentId: shipment2 }]
export const close: Said = ["closeOrder", {}]
export const cancel: Said = [
  "cancelOrder",
  { reason: { code: "customer.asked", detail: "The customer asked for it." } },
]
export const refund = (refundId: string, cents: number): Said => [
  "requestRefund",
  { refundId, amount: usd(cents), reason: "customer.withdrew" },
]
export const cancelSome = (cancellationId: string, ...lines: ReturnType<typeof red>[]): Said => [
  "cancelLines",
  { cancellationId, lines, reason: { code: "stock.damaged", detail: "The goods are damaged." } },
]
export const comeBack = (returnId: string, ...lines: ReturnType<typeof red>[]): Said => [
  "requestReturn",
  { returnId, lines, reason: "goods.damaged" },
]
export const accept = (returnId: string): Said => ["acceptReturn", { returnId }]
export const reject = (returnId: string): Said => ["rejectReturn", { returnId, reason: "goods.used" }]
export const fail = (refundId: string): Said => ["failRefund", { refundId, code: "expired_card" }]
export const dispute = (disputeId: string, cents: number): Said => [
  "openDispute",
  { disputeId, amount: usd(cents), reason: "fraudulent" },
]
export const settle = (refundId: string): Said => ["settleRefund", { refundId, providerRefundId: "re_1" }]
export const toPaid = [submit, confirm, pay]
export const toClosed = [...toPaid, shipRed, shipBlack, deliverRed, deliverBlack, close]
