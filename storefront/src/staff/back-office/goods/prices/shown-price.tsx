import type { CatalogGetPricesResponse } from "@eshop/shop-client/generated/types.gen"
import { money } from "../../../../texts/format.ts"
import { exactly } from "../../../parts/local-time.ts"
import type { Price } from "./price-draft.ts"
import { t } from "./texts.ts"

/** What the shop shows of these prices, now and when something will be reduced. */
export function ShownPrice({ prices: { prices, reductions = [] } }: { prices: CatalogGetPricesResponse }) {
  const now = new Date().toISOString()
  const price = lowestFor(prices, now)
  const present = reductions.find(({ from, until }) => from <= now && (until === undefined || now < until))
  return (
    <section className="card">
      <p>{price ? t("now", { price: money(price.unitPrice) }) : t("now-none")}</p>
      {present && <p>{t("lowest-now", { lowest: money(present.lowestPrice30Days) })}</p>}
      {reductions
        .filter(({ from }) => from > now)
        .map(({ from, until, lowestPrice30Days }) => (
          <p key={from}>
            {t("lowest-then", {
              from: exactly(from),
              until: until === undefined ? t("lowest-open") : t("lowest-until", { until: exactly(until) }),
              lowest: money(lowestPrice30Days),
            })}
          </p>
        ))}
    </section>
  )
}

/** What one unit costs everybody: the lowest of the prices that hold. */
function lowestFor(prices: readonly Price[], now: string): Price | undefined {
  const holding = prices.filter(
    ({ customerGroup, minQuantity, validFrom = now, validUntil }) =>
      customerGroup === undefined &&
      minQuantity === 1 &&
      validFrom <= now &&
      (validUntil === undefined || now < validUntil),
  )
  return holding.toSorted((a, b) => a.unitPrice.amount - b.unitPrice.amount)[0]
}
