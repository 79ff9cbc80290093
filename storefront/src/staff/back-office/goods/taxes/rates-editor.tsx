import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { ApiError } from "../../../../api/api.ts"
import { percentage } from "../../../../texts/format.ts"
import { FormDialog } from "../../../parts/dialog.tsx"
import { MistakesOf } from "../../../parts/fields.tsx"
import { useFirstMistake } from "../../../parts/first-mistake.ts"
import { exactly } from "../../../parts/local-time.ts"
import { Table } from "../../../parts/table.tsx"
import { t as common } from "../../../parts/texts.ts"
import { UnsavedGuard } from "../../../parts/unsaved.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { isSame } from "../products/merge.ts"
import { draftOf, newRate, type Rate, type RateDraft, rateFrom } from "./rate-draft.ts"
import { RateRows } from "./rate-rows.tsx"
import { countriesQuery, readRates, type Seen, setRates } from "./taxes.ts"
import { t } from "./texts.ts"

/** The form of a country's rates. @param seen the rates as they were read */
export function RatesEditor({ country, seen }: { country: string; seen: Seen }) {
  const [base, setBase] = useState(seen)
  const [rows, setRows] = useState(() => seen.rates.map(draftOf))
  const [theirs, setTheirs] = useState<Seen>()
  const client = useQueryClient()
  const show = (next: Seen) => {
    setBase(next)
    setRows(next.rates.map(draftOf))
  }
  const save = useMutation({
    mutationFn: async ({ from, rates }: { from: Seen; rates: Rate[]; sent: RateDraft[] }) => {
      await setRates(country, from, rates)
      return await readRates(country)
    },
    onSuccess: (now, { sent }) => {
      setBase(now)
      // What was typed while the answer was on its way stays.
      setRows((typed) => (typed === sent ? now.rates.map(draftOf) : typed))
      void client.invalidateQueries({ queryKey: countriesQuery.queryKey })
    },
    onError: async (error) => {
      if (error instanceof ApiError && error.problem.status === 412) setTheirs(await readRates(country))
    },
  })
  useFirstMistake(save.error)
  const rates = rows.map(rateFrom).filter((rate) => rate !== undefined)
  const isDirty = !isSame(rates, base.rates) || rates.length < rows.length
  const send = (from: Seen) => save.mutate({ from, rates, sent: rows })
  return (
    <form
      className="product-form"
      onSubmit={(event) => {
        event.preventDefault()
        send(base)
      }}
    >
      <UnsavedGuard isDirty={isDirty} />
      {base.version === 0 && <p className="notice">{t("one.unknown")}</p>}
      <section className="card">
        <h2>{t("rows.title")}</h2>
        <p className="hint">{t("rows.says")}</p>
        <MistakesOf error={save.error}>
          <RateRows rows={rows} change={setRows} />
        </MistakesOf>
        <div className="actions">
          <button
            type="button"
            className="button button-small button-quiet"
            onClick={() => setRows([...rows, newRate()])}
          >
            {t("rows.add")}
          </button>
        </div>
      </section>
      {save.error && !theirs && <ProblemNotice error={save.error} />}
      <div className="save-bar">
        <button type="submit" className="button" disabled={save.isPending}>
          {save.isPending ? common("form.saving") : t("save")}
        </button>
        <p role="status">{save.isSuccess && !isDirty && t("saved")}</p>
      </div>
      {theirs && (
        <FormDialog title={t("stale.title")} isWide onClose={() => setTheirs(undefined)}>
          <p>{t("stale.says")}</p>
          <Rates rates={theirs.rates} />
          <div className="actions">
            <button
              type="button"
              className="button"
              onClick={() => {
                show(theirs)
                setTheirs(undefined)
              }}
            >
              {t("stale.take")}
            </button>
            <button
              type="button"
              className="button button-quiet"
              onClick={() => {
                setTheirs(undefined)
                send(theirs)
              }}
            >
              {t("stale.keep")}
            </button>
            <button type="button" className="button button-quiet" onClick={() => setTheirs(undefined)}>
              {t("stale.back")}
            </button>
          </div>
        </FormDialog>
      )}
    </form>
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
