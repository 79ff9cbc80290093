import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { FormDialog } from "../../../parts/dialog.tsx"
import { MistakesOf } from "../../../parts/fields.tsx"
import { useFirstMistake } from "../../../parts/first-mistake.ts"
import { t as common } from "../../../parts/texts.ts"
import { UnsavedGuard } from "../../../parts/unsaved.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { isSame } from "../products/merge.ts"
import { draftOf, newPrice, type Price, type PriceDraft, priceFrom } from "./price-draft.ts"
import { PriceRows, PriceTable } from "./price-rows.tsx"
import { historyQuery, type Seen, savePrices } from "./prices.ts"
import { ShownPrice } from "./shown-price.tsx"
import { t } from "./texts.ts"

/** The form of a variant's prices. @param seen the prices as they were read */
export function PricesEditor({ seen }: { seen: Seen }) {
  const [base, setBase] = useState(seen)
  const [rows, setRows] = useState(() => seen.prices.prices.map(draftOf))
  const [theirs, setTheirs] = useState<Seen>()
  const [told, setTold] = useState("")
  const client = useQueryClient()
  const show = (next: Seen) => {
    setBase(next)
    setRows(next.prices.prices.map(draftOf))
  }
  const save = useMutation({
    mutationFn: ({ from, prices }: { from: Seen; prices: Price[]; sent: PriceDraft[] }) =>
      savePrices(from, prices),
    onMutate: () => setTold(""),
    onSuccess: (answer, { sent }) => {
      if (answer.type === "stale") return setTheirs(answer.theirs)
      setTold(t(answer.type))
      if (answer.type === "unchanged") return
      setBase(answer.seen)
      // What was typed while the answer was on its way stays.
      setRows((now) => (now === sent ? answer.seen.prices.prices.map(draftOf) : now))
      void client.invalidateQueries({ queryKey: historyQuery(base.prices.sku).queryKey })
    },
  })
  useFirstMistake(save.error)
  const prices = pricesFrom(rows)
  const isDirty = !prices || !isSame(prices, base.prices.prices)
  const send = (from: Seen) => prices && save.mutate({ from, prices, sent: rows })
  return (
    <form
      className="product-form"
      onSubmit={(event) => {
        event.preventDefault()
        send(base)
      }}
    >
      <UnsavedGuard isDirty={isDirty} />
      <ShownPrice prices={base.prices} />
      <section className="card">
        <h2>{t("rows.title")}</h2>
        <p className="hint">
          {t("rows.says")} {t("rows.zone")}
        </p>
        <MistakesOf error={save.error}>
          <PriceRows rows={rows} change={setRows} />
        </MistakesOf>
        <div className="actions">
          <button
            type="button"
            className="button button-small button-quiet"
            onClick={() => setRows([...rows, newPrice(rows[0])])}
          >
            {t("rows.add")}
          </button>
        </div>
      </section>
      {save.error && <ProblemNotice error={save.error} />}
      <div className="save-bar">
        <button type="submit" className="button" disabled={save.isPending}>
          {save.isPending ? common("form.saving") : t("save")}
        </button>
        <p role="status">{told}</p>
      </div>
      {theirs && (
        <FormDialog title={t("stale.title")} isWide onClose={() => setTheirs(undefined)}>
          <p>{t("stale.says")}</p>
          <PriceTable label={t("stale.title")} prices={theirs.prices.prices} />
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
                setBase(theirs)
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

/** What all rows say; undefined while one says no amount. */
function pricesFrom(rows: readonly PriceDraft[]): Price[] | undefined {
  const prices = rows.map(priceFrom)
  return prices.every((price) => price !== undefined) ? prices : undefined
}
