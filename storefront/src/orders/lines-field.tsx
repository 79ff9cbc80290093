import { QuantityField } from "../design/quantity-field.tsx"
import { t } from "../texts/texts.ts"
import type { Order } from "./orders.ts"

type Props = {
  order: Order
  /** How many units of each line may be chosen. */
  limits: ReadonlyMap<string, number>
  chosen: ReadonlyMap<string, number>
  change: (chosen: ReadonlyMap<string, number>) => void
}

/** How many units of which lines of an order it is about. */
export function LinesField({ order, limits, chosen, change }: Props) {
  const open = order.lines.filter(({ sku }) => (limits.get(sku) ?? 0) > 0)
  return (
    <fieldset className="lines-field">
      <legend>{t("lines.which")}</legend>
      <ul>
        {open.map(({ sku, name }) => (
          <li key={sku}>
            <span>{name}</span>
            <QuantityField
              label={t("cart.quantity-of", { name })}
              isLabelHidden
              value={chosen.get(sku) ?? 0}
              rule={{ min: 0, max: limits.get(sku) as number, step: 1 }}
              onChange={(quantity) => change(new Map([...chosen, [sku, quantity]]))}
            />
            <span className="hint">{t("lines.of", { count: limits.get(sku) as number })}</span>
          </li>
        ))}
      </ul>
    </fieldset>
  )
}

/** The lines that were chosen, as the API takes them. */
export const linesOf = (chosen: ReadonlyMap<string, number>) =>
  [...chosen].flatMap(([sku, quantity]) => (quantity > 0 ? [{ sku, quantity }] : []))
