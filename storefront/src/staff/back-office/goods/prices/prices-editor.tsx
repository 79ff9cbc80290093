import { useQueryClient } from "@tanstack/react-query"
import type { Places } from "../../../parts/mistakes.tsx"
import { useListEdit } from "../lists/list-edit.ts"
import { ListForm } from "../lists/list-form.tsx"
import { draftOf, newPrice, priceFrom } from "./price-draft.ts"
import { PriceRows, PriceTable } from "./price-rows.tsx"
import { historyQuery, type Seen, savePrices } from "./prices.ts"
import { ShownPrice } from "./shown-price.tsx"
import { t } from "./texts.ts"

const places: Places = {
  "price.over": ({ index }) => [`/prices/${index}/validUntil`],
  "price.overlap": ({ indexes }) => (indexes as number[]).map((index) => `/prices/${index}/validFrom`),
}

/** The form of a variant's prices. @param seen the prices as they were read */
export function PricesEditor({ seen }: { seen: Seen }) {
  const client = useQueryClient()
  const edit = useListEdit(seen, {
    itemsOf: ({ prices }) => prices.prices,
    rowOf: draftOf,
    itemFrom: priceFrom,
    save: savePrices,
    onSaved: () => void client.invalidateQueries({ queryKey: historyQuery(seen.prices.sku).queryKey }),
  })
  return (
    <ListForm
      edit={edit}
      title={t("rows.title")}
      says={`${t("rows.says")} ${t("rows.zone")}`}
      newRow={() => newPrice(edit.rows[0])}
      addLabel={t("rows.add")}
      saveLabel={t("save")}
      told={{ saved: t("saved"), unchanged: t("unchanged") }}
      places={places}
      staleTitle={t("stale.title")}
      showTheirs={({ prices }) => <PriceTable label={t("stale.title")} prices={prices.prices} />}
      above={<ShownPrice prices={edit.base.prices} />}
    >
      <PriceRows rows={edit.rows} change={edit.setRows} />
    </ListForm>
  )
}
