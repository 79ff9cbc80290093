import { readAmount } from "./amounts.ts"
import { TextField } from "./fields.tsx"
import { t } from "./texts.ts"

/** An amount in major units. The browser does not send a form with something else in it. */
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
  const isWrong = field.value !== "" && readAmount(field.value, currency) === undefined
  return (
    <TextField
      {...field}
      inputMode="decimal"
      pattern="\s*[0-9]{1,11}([.,][0-9]{1,2})?\s*"
      says={t("form.amount")}
      {...(isWrong && { hint: t("form.amount") })}
      className="field-amount"
    />
  )
}
