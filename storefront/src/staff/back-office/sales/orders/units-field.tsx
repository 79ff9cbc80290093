import { NumberField } from "../../../parts/fields.tsx"
import { t } from "./command-texts.ts"
import type { Order } from "./orders.ts"

export type Units = ReadonlyMap<string, number>

type Line = { readonly sku: string; readonly quantity: number }

/** All units of these lines. */
export const allOf = (lines: readonly Line[]): Units =>
  new Map(lines.map(({ sku, quantity }) => [sku, quantity]))

/** The chosen ones as the API takes them; never more than there are by now. */
export const chosenOf = (units: Units, limits: readonly Line[]): Line[] =>
  limits.flatMap(({ sku, quantity }) => {
    const chosen = Math.min(units.get(sku) ?? 0, quantity)
    return chosen > 0 ? [{ sku, quantity: chosen }] : []
  })

/** How many units of which lines of an order it is about. */
export function UnitsField(props: {
  order: Order
  limits: readonly Line[]
  units: Units
  change: (units: Units) => void
}) {
  const nameOf = (sku: string) => props.order.lines.find((line) => line.sku === sku)?.name ?? sku
  return (
    <fieldset className="units-field">
      <legend>{t("units.legend")}</legend>
      {props.limits.map(({ sku, quantity }) => (
        <div key={sku} className="units-line">
          <span>
            {nameOf(sku)} <small>{sku}</small>
          </span>
          <NumberField
            label={`${nameOf(sku)} (${sku})`}
            isLabelHidden
            className="field-number"
            value={props.units.get(sku) ?? 0}
            min={0}
            max={quantity}
            onChange={(count) => props.change(new Map([...props.units, [sku, count]]))}
          />
          <span className="hint">{t("units.of", { count: quantity })}</span>
        </div>
      ))}
    </fieldset>
  )
}
