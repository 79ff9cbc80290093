import type { CheckoutTotalChangedProblem } from "@eshop/shop-client/generated/types.gen"
import { useRef } from "react"
import { useCart } from "../cart/cart.ts"
import { Row } from "../cart/totals.tsx"
import { money } from "../texts/format.ts"
import { hasText, t } from "../texts/texts.ts"

type Props = { problem: CheckoutTotalChangedProblem; agree: () => void; isPending: boolean }

/** The total is not the one that the shopper saw: shows both, and orders only when they agree. */
export function TotalChanged({ problem, agree, isPending }: Props) {
  // What the shopper saw; the cart itself is asked for anew meanwhile.
  const seen = useRef(useCart().data?.total).current
  const { subtotal, discount, shipping, tax, total, discountUnavailable, refusedCoupons } = problem
  return (
    <div className="notice total-changed" role="alert">
      <p>
        {seen
          ? t("checkout.total-changed", { from: money(seen), to: money(total) })
          : t("checkout.total-is", { to: money(total) })}
      </p>
      <dl className="totals">
        <Row name={t("cart.subtotal")} amount={subtotal} />
        {discount.amount > 0 && <Row name={t("cart.discount")} amount={discount} isLess />}
        <Row name={t("checkout.shipping")} amount={shipping} />
        <Row name={t("cart.total")} amount={total} isTotal />
        <Row name={t("cart.tax-label")} amount={tax} isNote />
      </dl>
      {discountUnavailable && <p>{t("message.discounts-unavailable")}</p>}
      {refusedCoupons.map(({ code, reason, detail }) => {
        const key = `reason.${reason}`
        return (
          <p key={code}>{t("message.coupon-refused", { code, because: hasText(key) ? t(key) : detail })}</p>
        )
      })}
      <button type="button" className="button button-main" onClick={agree} disabled={isPending}>
        {t("checkout.agree", { total: money(total) })}
      </button>
    </div>
  )
}
