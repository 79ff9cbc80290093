import { Button, Group, Input, Label, NumberField } from "react-aria-components"
import { t } from "../texts/texts.ts"

/** How many units may be ordered, as Catalog says it of a variant. */
export type QuantityRule = { readonly min: number; readonly max?: number; readonly step: number }

/** A number of units that keeps to the variant's rule. @param onChange told when it is settled, not at every letter */
export function QuantityField(props: {
  label: string
  isLabelHidden?: boolean
  value: number
  rule?: QuantityRule
  onChange: (quantity: number) => void
}) {
  const { min, max, step } = props.rule ?? { min: 1, step: 1 }
  return (
    <NumberField
      className="quantity-field"
      value={props.value}
      minValue={min}
      {...(max === undefined ? {} : { maxValue: max })}
      step={step}
      onChange={(value) => Number.isNaN(value) || props.onChange(value)}
    >
      <Label className={props.isLabelHidden ? "visually-hidden" : ""}>{props.label}</Label>
      <Group className="quantity-group">
        <Button slot="decrement" className="quantity-button" aria-label={t("quantity.less")}>
          −
        </Button>
        <Input className="quantity-input" />
        <Button slot="increment" className="quantity-button" aria-label={t("quantity.more")}>
          +
        </Button>
      </Group>
    </NumberField>
  )
}
