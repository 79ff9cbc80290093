import { BoughtLines, Row } from "../cart/totals.tsx"
import { AddressLines } from "../design/address-lines.tsx"
import { day, money } from "../texts/format.ts"
import { plural, t } from "../texts/texts.ts"
import type { Order } from "./orders.ts"

/** What was ordered, and what it came to. */
export function LinesOf({ order }: { order: Order }) {
  const { lines, subtotal, discount, shipping, tax, total } = order
  return (
    <section>
      <h2>{t("order.lines")}</h2>
      <BoughtLines lines={lines} />
      <dl className="totals">
        <Row name={t("cart.subtotal")} amount={subtotal} />
        {discount.amount > 0 && <Row name={t("cart.discount")} amount={discount} isLess />}
        {shipping && (
          <Row name={t("checkout.shipping")} amount={shipping.price} freeWord={t("checkout.free")} />
        )}
        <Row name={t("cart.total")} amount={total} isTotal />
        {tax && <Row name={t("cart.tax-label")} amount={tax} isNote />}
      </dl>
    </section>
  )
}

const nameOf = (order: Order, sku: string): string =>
  order.lines.find((line) => line.sku === sku)?.name ?? sku

type Part = readonly { readonly sku: string; readonly quantity: number }[]

const partWords = (order: Order, lines: Part): string =>
  lines
    .map(({ sku, quantity }) => plural("checkout.units", quantity, { name: nameOf(order, sku) }))
    .join(", ")

export function ShipmentsOf({ order }: { order: Order }) {
  if (order.shipments.length === 0) return null
  return (
    <section>
      <h2>{t("order.shipments")}</h2>
      <ul className="facts">
        {order.shipments.map(({ shipmentId, lines, carrier, trackingNumber, shippedAt, deliveredAt }) => (
          <li key={shipmentId}>
            <p>{partWords(order, lines)}</p>
            <p className="hint">
              {t("order.shipped", { day: day(shippedAt) })}
              {carrier !== undefined && ` · ${carrier}`}
              {trackingNumber !== undefined && ` · ${trackingNumber}`}
              {deliveredAt !== undefined && ` · ${t("order.delivered", { day: day(deliveredAt) })}`}
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** What was cancelled, withdrawn, sent back and paid back. */
export function BackAndForth({ order }: { order: Order }) {
  const { cancellations, withdrawals, returns, refunds } = order
  if (cancellations.length + withdrawals.length + returns.length + refunds.length === 0) return null
  return (
    <section>
      <h2>{t("order.changes")}</h2>
      <ul className="facts">
        {cancellations.map(({ cancellationId, lines, cancelledAt }) => (
          <li key={cancellationId}>
            {t("order.lines-cancelled", { day: day(cancelledAt), lines: partWords(order, lines) })}
          </li>
        ))}
        {withdrawals.map(({ withdrawalId, lines, withdrawnAt }) => (
          <li key={withdrawalId}>
            {t("order.withdrawn", { day: day(withdrawnAt), lines: partWords(order, lines) })}
          </li>
        ))}
        {returns.map(({ returnId, lines, status, requestedAt, rejection }) => (
          <li key={returnId}>
            {t(`order.return.${status}`, { day: day(requestedAt), lines: partWords(order, lines) })}
            {rejection !== undefined && ` ${rejection}`}
          </li>
        ))}
        {refunds.map(({ refundId, amount, status, requestedAt }) => (
          <li key={refundId}>
            {t(`order.refund.${status}`, { amount: money(amount), day: day(requestedAt) })}
          </li>
        ))}
      </ul>
    </section>
  )
}

export function AddressOf({ order: { shippingAddress } }: { order: Order }) {
  if (!shippingAddress) return null
  return (
    <section>
      <h2>{t("order.address")}</h2>
      <AddressLines address={shippingAddress} />
    </section>
  )
}
