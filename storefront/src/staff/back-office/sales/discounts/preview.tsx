import { useQueries, useQuery } from "@tanstack/react-query"
import { useEffect, useState } from "react"
import { QuantityField } from "../../../../design/quantity-field.tsx"
import { countries } from "../../../../texts/countries.ts"
import { money } from "../../../../texts/format.ts"
import { inLanguage } from "../../../../texts/texts.ts"
import { CheckField, ChoiceField, TextField } from "../../../parts/fields.tsx"
import { fromField, timeZone } from "../../../parts/local-time.ts"
import { ProblemNotice } from "../../../problem-notice.tsx"
import {
  type Basket,
  bodyOf,
  changeBasket,
  type Draft,
  groupsIn,
  methodsQuery,
  type PricedLine,
  previewQuery,
  unitPriceOf,
  useBasket,
  variantQuery,
} from "./preview-basket.ts"
import { PreviewResult } from "./preview-result.tsx"
import { t } from "./preview-texts.ts"
import { ProductSearch } from "./product-search.tsx"

/** While somebody types, nothing is asked, in milliseconds. */
const PAUSE_MS = 250

function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value)
  const text = JSON.stringify(value)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a value that says the same is the same
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

/** The lines of the basket with what they cost; those that Catalog has told of by now. */
function usePriced({ lines, groups, at }: Basket): PricedLine[] {
  const variants = useQueries({ queries: lines.map(({ sku }) => variantQuery(sku)) })
  const moment = fromField(at)
  const when = moment === undefined ? Date.now() : Date.parse(moment)
  return lines.flatMap(({ sku, name, quantity }, index) => {
    const variant = variants[index]?.data
    if (!variant) return []
    const unitPrice = unitPriceOf(variant, quantity, groupsIn(groups), when)
    const { productId, categories = [] } = variant
    return [{ sku, name, quantity, unitPrice, productId, categories }]
  })
}

/**
 * What a rule would do to a basket that a merchant puts together.
 * @param draft undefined while it is not complete
 */
export function Preview({ draft }: { draft: Draft | undefined }) {
  const basket = useBasket()
  const lines = usePriced(basket)
  const value = lines.reduce((sum, { unitPrice, quantity }) => sum + unitPrice.amount * quantity, 0)
  const { data: methods } = useQuery(methodsQuery(basket.country, value))
  const shipping = methods?.items.find(({ id }) => id === basket.method)?.price
  const isComplete = draft !== undefined && lines.length > 0 && lines.length === basket.lines.length
  const body = useSettled(isComplete ? bodyOf(draft, basket, lines, shipping) : undefined)
  const { data, error, refetch } = useQuery(previewQuery(body))
  return (
    <section className="preview" aria-label={t("title")}>
      <h2>{t("title")}</h2>
      <p className="hint">{t("says")}</p>
      <BasketLines lines={lines} />
      <ProductSearch
        label={t("add")}
        hasProducts={false}
        choose={(found) => found.kind === "variant" && addLine(basket, found.sku, found.name)}
      />
      <Circumstances
        basket={basket}
        methods={(methods?.items ?? []).map(({ id, name, price }) => [
          id,
          `${inLanguage(name)}, ${money(price)}`,
        ])}
        hasCoupon={draft?.coupon === undefined}
      />
      {error && <ProblemNotice error={error} again={() => void refetch()} />}
      {basket.lines.length === 0 && <p className="notice">{t("empty")}</p>}
      {basket.lines.length > 0 && !draft && <p className="notice">{t("incomplete")}</p>}
      {isComplete && data && <PreviewResult answer={data} lines={lines} shipping={shipping} />}
    </section>
  )
}

function addLine({ lines }: Basket, sku: string, name: string): void {
  const isThere = lines.some((line) => line.sku === sku)
  changeBasket({
    lines: isThere
      ? lines.map((line) => (line.sku === sku ? { ...line, quantity: line.quantity + 1 } : line))
      : [...lines, { sku, name, quantity: 1 }],
  })
}

function BasketLines({ lines }: { lines: readonly PricedLine[] }) {
  const basket = useBasket()
  return (
    <ul className="basket-lines">
      {basket.lines.map(({ sku, name, quantity }) => (
        <li key={sku}>
          <span>
            {name} <small>{sku}</small>
          </span>
          <span className="amount">
            {money(lines.find((line) => line.sku === sku)?.unitPrice ?? { amount: 0, currency: "USD" })}
          </span>
          <QuantityField
            label={t("quantity", { name })}
            isLabelHidden
            value={quantity}
            onChange={(count) =>
              changeBasket({
                lines: basket.lines.map((line) => (line.sku === sku ? { ...line, quantity: count } : line)),
              })
            }
          />
          <button
            type="button"
            className="button button-quiet button-small"
            aria-label={t("remove", { name })}
            onClick={() => changeBasket({ lines: basket.lines.filter((line) => line.sku !== sku) })}
          >
            ×
          </button>
        </li>
      ))}
    </ul>
  )
}

function Circumstances(props: {
  basket: Basket
  methods: readonly (readonly [value: string, label: string])[]
  hasCoupon: boolean
}) {
  const { basket } = props
  const countryOptions = countries("en").map(({ code, name }) => [code, name] as const)
  return (
    <div className="field-pair">
      <ChoiceField
        label={t("country")}
        value={basket.country}
        choices={countryOptions}
        onChange={(country) => changeBasket({ country, method: "" })}
      />
      <ChoiceField
        label={t("shipping")}
        value={basket.method}
        choices={[["", t("shipping.unknown")], ...props.methods]}
        onChange={(method) => changeBasket({ method })}
      />
      {props.hasCoupon && (
        <TextField
          label={t("coupon")}
          value={basket.couponCode}
          onChange={(couponCode) => changeBasket({ couponCode })}
          isCode
        />
      )}
      <TextField
        label={t("groups")}
        value={basket.groups}
        onChange={(groups) => changeBasket({ groups })}
        isCode
      />
      <TextField
        label={t("at", { zone: timeZone() })}
        type="datetime-local"
        value={basket.at}
        onChange={(at) => changeBasket({ at })}
      />
      <CheckField
        label={t("ordered")}
        value={basket.hasOrdered}
        onChange={(hasOrdered) => changeBasket({ hasOrdered })}
      />
    </div>
  )
}
