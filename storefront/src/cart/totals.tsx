import { type Money, money, percentage } from "../texts/format.ts"
import { inLanguage, plural, t } from "../texts/texts.ts"
import type { Cart, CartLine } from "./cart.ts"
import { discountName, notAppliedWords } from "./discount-words.ts"
import { productName } from "./product-name.ts"

/** What was taken off, each with the rule that did it. */
export function Discounts({ discounts }: { discounts: CartLine["discounts"] }) {
  if (discounts.length === 0) return null
  return (
    <ul className="discounts">
      {discounts.map((discount) => (
        <li key={discount.promotionId ?? discount.couponCode}>
          {wordsOf(discount)}: <span className="amount">−{money(discount.amount)}</span>
        </li>
      ))}
    </ul>
  )
}

function wordsOf(discount: CartLine["discounts"][number]): string {
  const reason = discountName(discount)
  const { couponCode } = discount
  return couponCode === undefined ? reason : t("cart.by-coupon", { reason, code: couponCode })
}

/** What is bought, one line each with its discounts. */
export function BoughtLines({
  lines,
}: {
  lines: readonly (Pick<CartLine, "sku" | "name" | "quantity" | "discounts" | "total"> &
    Partial<Pick<CartLine, "translations">>)[]
}) {
  return (
    <ul className="bought-lines">
      {lines.map((line) => (
        <li key={line.sku}>
          <span>
            {plural("checkout.units", line.quantity, { name: productName(line) })}
            <Discounts discounts={line.discounts} />
          </span>
          <span>{money(line.total)}</span>
        </li>
      ))}
    </ul>
  )
}

/** What a cart comes to, from its lines to the total. */
export function Totals({ cart }: { cart: Cart }) {
  const { shipping, tax, explanations } = cart
  const unused = explanations.filter(({ outcome }) => outcome !== "applied")
  return (
    <>
      <dl className="totals">
        <Row name={t("cart.subtotal")} amount={cart.subtotal} />
        {cart.discount.amount > 0 && <Row name={t("cart.discount")} amount={cart.discount} isLess />}
        {shipping && (
          <Row
            name={t("cart.shipping", { method: inLanguage(shipping.name) })}
            amount={shipping.price}
            freeWord={t("checkout.free")}
          />
        )}
        {shipping?.discounts.map((discount) => (
          <Row
            key={discount.promotionId ?? discount.couponCode}
            name={discountName(discount)}
            amount={discount.amount}
            isLess
          />
        ))}
        <Row name={t("cart.total")} amount={cart.total} isTotal />
        {tax ? (
          <Row name={taxName(cart)} amount={tax} isNote />
        ) : (
          <div className="totals-note">
            <dt className="visually-hidden">{t("cart.tax-label")}</dt>
            <dd>{t("cart.tax-later")}</dd>
          </div>
        )}
      </dl>
      {unused.length > 0 && (
        <details className="explanations">
          <summary>{t("cart.not-applied")}</summary>
          <ul>
            {unused.map((explanation) => (
              <li key={explanation.rule}>
                <strong>{inLanguage({ en: explanation.name, ...explanation.translations })}</strong>:{" "}
                {notAppliedWords(explanation)}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

/** Taxes within the total or on top of it, with their rate where it is the same everywhere. */
function taxName({ lines }: Cart): string {
  const rates = new Set(lines.map(({ tax }) => tax?.rate))
  const [rate] = rates
  const isIncluded = lines.every(({ tax }) => tax?.included !== false)
  const name = t(isIncluded ? "cart.tax-included" : "cart.tax-added")
  return rates.size === 1 && rate !== undefined ? `${name} (${percentage(rate)})` : name
}

type RowProps = {
  name: string
  amount: Money
  isLess?: boolean
  isTotal?: boolean
  isNote?: boolean
  freeWord?: string
}

export function Row({ name, amount, isLess, isTotal, isNote, freeWord }: RowProps) {
  return (
    <div className={isTotal ? "totals-total" : isNote ? "totals-note" : ""}>
      <dt>{name}</dt>
      <dd className="amount">
        {isLess && "−"}
        {amount.amount === 0 && freeWord !== undefined ? freeWord : money(amount)}
      </dd>
    </div>
  )
}
