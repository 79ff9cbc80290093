import { readAmount, writeAmount } from "./amounts.ts"
import { TextField } from "./fields.tsx"
import { t } from "./texts.ts"

/** What an amount looks like that somebody is to type, in minor units. */
const EXAMPLE = 12_50

/** An amount in major units, written as the person's language writes it. A form with something else in it is not sent. */
export function AmountField(props: {
  readonly label: string
  readonly isLabelHidden?: boolean
  readonly value: string
  readonly currency: string
  readonly onChange: (value: string) => void
  readonly pointer: string
  readonly required?: boolean
}) {
  const { currency, ...field } = props
  const says = t("form.amount", { example: writeAmount(EXAMPLE, currency) })
  return (
    <TextField
      {...field}
      inputMode="decimal"
      wrong={(typed) => (typed !== "" && readAmount(typed, currency) === undefined ? says : undefined)}
      className="field-amount"
    />
  )
}
