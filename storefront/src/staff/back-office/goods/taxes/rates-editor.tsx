import { useQueryClient } from "@tanstack/react-query"
import { percentage } from "../../../../texts/format.ts"
import { exactly } from "../../../parts/local-time.ts"
import type { Places } from "../../../parts/mistakes.tsx"
import { Table } from "../../../parts/table.tsx"
import { useListEdit } from "../lists/list-edit.ts"
import { ListForm } from "../lists/list-form.tsx"
import { draftOf, newRate, type Rate, rateFrom } from "./rate-draft.ts"
import { RateRows } from "./rate-rows.tsx"
import { countriesQuery, type Seen, saveRates } from "./taxes.ts"
import { t } from "./texts.ts"

const places: Places = {
  "tax-rate.never-valid": ({ index }) => [`/rates/${index}/validUntil`],
  "tax-rate.overlap": ({ indexes }) => (indexes as number[]).map((index) => `/rates/${index}/validFrom`),
  "tax-rate.past": ({ index }) => [`/rates/${index}/validFrom`],
}

/** The form of a country's rates. @param seen the rates as they were read */
export function RatesEditor({ country, seen }: { country: string; seen: Seen }) {
  const client = useQueryClient()
  const edit = useListEdit(seen, {
    itemsOf: ({ rates }) => rates,
    rowOf: draftOf,
    itemFrom: rateFrom,
    save: (base, rates) => saveRates(country, base, rates),
    onSaved: () => void client.invalidateQueries({ queryKey: countriesQuery.queryKey }),
  })
  return (
    <ListForm
      edit={edit}
      title={t("rows.title")}
      says={t("rows.says")}
      newRow={newRate}
      addLabel={t("rows.add")}
      saveLabel={t("save")}
      told={{ saved: t("saved"), unchanged: t("unchanged") }}
      places={places}
      staleTitle={t("stale.title")}
      showTheirs={({ rates }) => <Rates rates={rates} />}
      above={edit.base.version === 0 && <p className="notice">{t("one.unknown")}</p>}
    >
      <RateRows rows={edit.rows} change={edit.setRows} />
    </ListForm>
  )
}

function Rates({ rates }: { rates: readonly Rate[] }) {
  return (
    <Table
      label={t("stale.title")}
      columns={[
        ...[t("rows.category"), t("rows.state")],
        { label: t("rows.rate"), isNumber: true },
        ...[t("rows.from"), t("rows.until")],
      ]}
    >
      {rates.map((rate) => (
        <tr key={JSON.stringify(rate)}>
          <td>{rate.taxCategory}</td>
          <td>{rate.state ?? t("rows.state-hint")}</td>
          <td className="number">{percentage(rate.rate)}</td>
          <td>{exactly(rate.validFrom)}</td>
          <td>{rate.validUntil && exactly(rate.validUntil)}</td>
        </tr>
      ))}
    </Table>
  )
}
