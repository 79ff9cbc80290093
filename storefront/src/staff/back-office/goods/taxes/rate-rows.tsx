import { readDecimal } from "../../../parts/amounts.ts"
import { EditableRows } from "../../../parts/editable-rows.tsx"
import { TextField } from "../../../parts/fields.tsx"
import { t as common } from "../../../parts/texts.ts"
import { RATE_DIGITS, type RateDraft } from "./rate-draft.ts"
import { t } from "./texts.ts"

/** Rates to be changed, a row each. */
export function RateRows(props: { rows: readonly RateDraft[]; change: (rows: RateDraft[]) => void }) {
  if (props.rows.length === 0) return null
  return (
    <EditableRows
      {...props}
      label={t("rows.title")}
      columns={[t("rows.category"), t("rows.state"), t("rows.rate"), t("rows.from"), t("rows.until")]}
      actions={t("rows.actions")}
      removeLabel={(number) => t("rows.remove", { number })}
      cells={(row, index, put) => <RateCells row={row} index={index} put={put} />}
    />
  )
}

type CellsProps = {
  readonly row: RateDraft
  readonly index: number
  readonly put: (next: Partial<RateDraft>) => void
}

function RateCells({ row, index, put }: CellsProps) {
  const field = (member: keyof RateDraft & string, label: string) => ({
    label: t("rows.of", { member: label, number: index + 1 }),
    isLabelHidden: true,
    value: String(row[member]),
    onChange: (value: string) => put({ [member]: value }),
    pointer: `/rates/${index}/${member}`,
  })
  return (
    <>
      <td>
        <TextField
          {...field("taxCategory", t("rows.category"))}
          pattern="[a-z0-9]+(-[a-z0-9]+)*"
          says={common("form.name")}
          maxLength={40}
          required
        />
      </td>
      <td>
        <TextField {...field("state", t("rows.state"))} placeholder={t("rows.state-hint")} maxLength={60} />
      </td>
      <td>
        <TextField
          {...field("rate", t("rows.rate"))}
          wrong={(typed) => (typed !== "" && !isPercentage(typed) ? t("rows.rate-says") : undefined)}
          inputMode="decimal"
          className="field-amount"
          required
        />
      </td>
      <td>
        <TextField {...field("validFrom", t("rows.from"))} type="datetime-local" required />
      </td>
      <td>
        <TextField {...field("validUntil", t("rows.until"))} type="datetime-local" />
      </td>
    </>
  )
}

function isPercentage(typed: string): boolean {
  const rate = readDecimal(typed, RATE_DIGITS)
  return rate !== undefined && rate <= 100 * 10 ** RATE_DIGITS
}
