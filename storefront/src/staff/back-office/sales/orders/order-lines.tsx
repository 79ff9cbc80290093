import { money } from "../../../../texts/format.ts"
import { Table } from "../../../parts/table.tsx"
import { type Order, unitsOf } from "./orders.ts"
import { t } from "./texts.ts"

const columns = [
  t("line.name"),
  { label: t("line.ordered"), isNumber: true },
  { label: t("line.open"), isNumber: true },
  { label: t("line.shipped"), isNumber: true },
  { label: t("line.cancelled"), isNumber: true },
  { label: t("line.returned"), isNumber: true },
  { label: t("line.unit"), isNumber: true },
  { label: t("line.total"), isNumber: true },
]

/** What was ordered, what has become of each line, and what it came to. */
export function OrderLines({ order }: { order: Order }) {
  const { lines, shipments, cancellations, returns } = order
  const accepted = returns.filter(({ status }) => status !== "rejected")
  return (
    <section>
      <h2>{t("order.lines")}</h2>
      <Table label={t("order.lines")} columns={columns}>
        {lines.map(({ sku, name, quantity, unitPrice, total, discounts }) => (
          <tr key={sku}>
            <td>
              {name} <small className="sku">{sku}</small>
              {discounts.map((discount) => (
                <span key={discount.reason} className="line-discount">
                  {t("line.discount", { amount: money(discount.amount), reason: discount.reason })}
                </span>
              ))}
            </td>
            <td className="number">{quantity}</td>
            <Count of={unitsOf([{ lines: order.work?.unshipped ?? [] }], sku)} />
            <Count of={unitsOf(shipments, sku)} />
            <Count of={unitsOf(cancellations, sku)} />
            <Count of={unitsOf(accepted, sku)} />
            <td className="number">{money(unitPrice)}</td>
            <td className="number">{money(total)}</td>
          </tr>
        ))}
      </Table>
      <Sums order={order} />
    </section>
  )
}

const Count = ({ of }: { of: number }) => <td className={of === 0 ? "number nothing" : "number"}>{of}</td>

function Sums({ order: { subtotal, discount, shipping, tax, total } }: { order: Order }) {
  const withoutTax = subtotal.amount - discount.amount + (shipping?.price.amount ?? 0)
  const isIncluded = withoutTax === total.amount
  return (
    <dl className="sums">
      <Sum name={t("sum.subtotal")} amount={money(subtotal)} />
      {discount.amount > 0 && <Sum name={t("sum.discount")} amount={`−${money(discount)}`} />}
      {shipping && (
        <Sum name={t("sum.shipping", { method: shipping.method })} amount={money(shipping.price)} />
      )}
      {tax && !isIncluded && <Sum name={t("sum.tax")} amount={money(tax)} />}
      <Sum name={t("sum.total")} amount={money(total)} isTotal />
      {tax && isIncluded && <Sum name={t("sum.tax-in-it")} amount={money(tax)} />}
    </dl>
  )
}

const Sum = ({ name, amount, isTotal }: { name: string; amount: string; isTotal?: boolean }) => (
  <div className={isTotal ? "sums-total" : ""}>
    <dt>{name}</dt>
    <dd>{amount}</dd>
  </div>
)
