import { TextField } from "../../../parts/fields.tsx"
import { Table } from "../../../parts/table.tsx"
import { t as common } from "../../../parts/texts.ts"
import type { RateDraft } from "./rate-draft.ts"
import { t } from "./texts.ts"

/** Rates to be changed, a row each. */
export function RateRows(props: { rows: readonly RateDraft[]; change: (rows: RateDraft[]) => void }) {
  const { rows, change } = props
  if (rows.length === 0) return null
  return (
    <Table
      label={t("rows.title")}
      columns={[
        ...[t("rows.category"), t("rows.state"), t("rows.rate"), t("rows.from"), t("rows.until")],
        { label: t("rows.actions"), isHidden: true },
      ]}
    >
      {rows.map((row, index) => (
        <RateRow
          key={row.key}
          row={row}
          index={index}
          put={(next) => change(rows.map((one) => (one.key === row.key ? { ...one, ...next } : one)))}
          remove={() => change(rows.filter(({ key }) => key !== row.key))}
        />
      ))}
    </Table>
  )
}

type RowProps = {
  readonly row: RateDraft
  readonly index: number
  readonly put: (next: Partial<RateDraft>) => void
  readonly remove: () => void
}

function RateRow({ row, index, put, remove }: RowProps) {
  const number = index + 1
  const field = (member: keyof RateDraft & string, label: string) => ({
    label: t("rows.of", { member: label, number }),
    isLabelHidden: true,
    value: String(row[member]),
    onChange: (value: string) => put({ [member]: value }),
    pointer: `/rates/${index}/${member}`,
  })
  return (
    <tr>
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
          pattern="\s*[0-9]{1,3}([.,][0-9]{1,3})?\s*"
          says={t("rows.rate-says")}
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
      <td>
        <button
          type="button"
          className="icon-button"
          aria-label={t("rows.remove", { number })}
          onClick={remove}
        >
          ×
        </button>
      </td>
    </tr>
  )
}
