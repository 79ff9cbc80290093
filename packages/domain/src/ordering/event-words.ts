import type { StockLine } from "../contracts/stock-lines.ts"
import type { Money } from "../kernel/money.ts"
import type { OrderEvent } from "./order-events.ts"

const money = ({ amount, currency }: Money): string =>
  `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, "0")} ${currency}`

const units = (lines: readonly StockLine[]): string =>
  lines.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(", ")

/** What happened, as a sentence for a person: ids, amounts and codes of ours, and nothing of who bought. */
export function wordsOf({ type, data }: OrderEvent): string {
  switch (type) {
    case "OrderSubmitted":
      return `The order was placed: ${money(data.total)}.`
    case "StockRequested":
      return "The stock was asked to set its units aside."
    case "StockConfirmed":
      return "Its units are set aside; the payment is awaited."
    case "PaymentActionRequired":
      return "The payment provider asks its holder to confirm the payment."
    case "OrderPaid":
      return `The payment was taken: ${money(data.captured)}.`
    case "OrderShipped":
      return `A parcel left${data.carrier === undefined ? "" : ` with ${data.carrier}`}: ${units(data.lines)}.`
    case "ShipmentDelivered":
      return "A parcel arrived."
    case "OrderClosed":
      return "The order was closed."
    case "OrderCancelled":
      return `The order was cancelled: ${data.detail}`
    case "OrderLinesCancelled":
      return `Cancelled: ${units(data.lines)}. ${data.reason.detail}`
    case "OrderWithdrawn":
      return `The customer withdrew: ${units(data.lines)}.`
    case "ReturnRequested":
      return `To come back: ${units(data.lines)}.`
    case "ReturnAccepted":
      return "A return was accepted."
    case "ReturnRejected":
      return "A return was rejected."
    case "RefundRequested":
      return `To go back: ${money(data.amount)}.`
    case "OrderRefunded":
      return `Went back: ${money(data.amount)}.`
    case "RefundFailed":
      return "A refund failed."
    case "DisputeOpened":
      return `The payment is disputed: ${money(data.amount)}.`
    case "DisputeClosed":
      return `The dispute was ${data.outcome}.`
  }
}
