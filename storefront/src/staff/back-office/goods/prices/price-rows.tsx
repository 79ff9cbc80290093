import { money } from "../../../../texts/format.ts"
import { AmountField } from "../../../parts/amount-field.tsx"
import { EditableRows } from "../../../parts/editable-rows.tsx"
import { ChoiceField, TextField } from "../../../parts/fields.tsx"
import { exactly } from "../../../parts/local-time.ts"
import { Table } from "../../../parts/table.tsx"
import { t as common } from "../../../parts/texts.ts"
import { currencies, type Price, type PriceDraft } from "./price-draft.ts"
import { t } from "./texts.ts"

const NAME = "[a-z0-9]+(-[a-z0-9]+)*"

/** Prices to be changed, a row each. */
export function PriceRows(props: { rows: readonly PriceDraft[]; change: (rows: PriceDraft[]) => void }) {
  if (props.rows.length === 0) return <p>{t("rows.none")}</p>
  return (
    <EditableRows
      {...props}
      label={t("rows.title")}
      columns={[t("rows.amount"), t("rows.tax"), t("rows.group"), t("rows.quantity"), t("rows.valid")]}
      actions={t("rows.actions")}
      removeLabel={(number) => t("rows.remove", { number })}
      cells={(row, index, put) => <PriceCells row={row} index={index} put={put} />}
    />
  )
}

type CellsProps = {
  readonly row: PriceDraft
  readonly index: number
  readonly put: (next: Partial<PriceDraft>) => void
}

function PriceCells({ row, index, put }: CellsProps) {
  const named = (member: string) => ({
    label: t("rows.of", { member, number: index + 1 }),
    isLabelHidden: true,
  })
  const at = `/prices/${index}`
  return (
    <>
      <td>
        <div className="pair">
          <AmountField
            {...named(t("rows.amount"))}
            value={row.amount}
            currency={row.currency}
            onChange={(amount) => put({ amount })}
            pointer={`${at}/unitPrice`}
            required
          />
          <ChoiceField
            {...named(t("rows.currency"))}
            value={row.currency}
            choices={currencies.map((code) => [code, code] as const)}
            onChange={(currency) => put({ currency })}
          />
        </div>
      </td>
      <td>
        <div className="pair">
          <ChoiceField
            {...named(t("rows.tax"))}
            value={row.includesTax ? "gross" : "net"}
            choices={[
              ["gross", t("rows.includes-tax")],
              ["net", t("rows.excludes-tax")],
            ]}
            onChange={(value) => put({ includesTax: value === "gross" })}
          />
          <TextField
            {...named(t("rows.tax-category"))}
            value={row.taxCategory}
            onChange={(taxCategory) => put({ taxCategory })}
            pointer={`${at}/taxCategory`}
            pattern={NAME}
            says={common("form.name")}
            maxLength={40}
            required
          />
        </div>
      </td>
      <td>
        <TextField
          {...named(t("rows.group"))}
          value={row.customerGroup}
          onChange={(customerGroup) => put({ customerGroup })}
          pointer={`${at}/customerGroup`}
          pattern={NAME}
          says={common("form.name")}
          placeholder={t("history.everybody")}
          maxLength={40}
        />
      </td>
      <td>
        <TextField
          {...named(t("rows.quantity"))}
          value={row.minQuantity}
          onChange={(minQuantity) => put({ minQuantity })}
          pointer={`${at}/minQuantity`}
          pattern="[1-9][0-9]{0,6}"
          says={common("form.whole")}
          inputMode="numeric"
          className="field-number"
          required
        />
      </td>
      <td>
        <div className="stack">
          <TextField
            {...named(t("rows.from"))}
            type="datetime-local"
            value={row.validFrom}
            onChange={(validFrom) => put({ validFrom })}
            pointer={`${at}/validFrom`}
          />
          <TextField
            {...named(t("rows.until"))}
            type="datetime-local"
            value={row.validUntil}
            onChange={(validUntil) => put({ validUntil })}
            pointer={`${at}/validUntil`}
          />
        </div>
      </td>
    </>
  )
}

/** For whom a price is. */
export const buyersOf = ({ customerGroup, minQuantity }: Price): string =>
  [
    customerGroup ?? t("history.everybody"),
    ...(minQuantity > 1 ? [t("history.quantity", { quantity: minQuantity })] : []),
  ].join(", ")

/** When a price holds. */
export const timeOf = ({ validFrom, validUntil }: Price): string =>
  validFrom === undefined && validUntil === undefined
    ? t("history.always")
    : t("history.between", {
        from: validFrom === undefined ? "…" : exactly(validFrom),
        until: validUntil === undefined ? "…" : exactly(validUntil),
      })

/** Prices to be read. */
export function PriceTable({ label, prices }: { label: string; prices: readonly Price[] }) {
  return (
    <Table
      label={label}
      columns={[{ label: t("history.price"), isNumber: true }, t("history.buyers"), t("history.time")]}
    >
      {prices.map((price) => (
        <tr key={JSON.stringify(price)}>
          <td className="number">{money(price.unitPrice)}</td>
          <td>{buyersOf(price)}</td>
          <td>{timeOf(price)}</td>
        </tr>
      ))}
    </Table>
  )
}
