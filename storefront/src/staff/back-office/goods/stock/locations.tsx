import { catalogPutStockLocation } from "@eshop/shop-client/generated/sdk.gen"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { answerOf } from "../../../../api/api.ts"
import { TextField } from "../../../parts/fields.tsx"
import { MistakesOf } from "../../../parts/mistakes.tsx"
import { Table } from "../../../parts/table.tsx"
import { t as common } from "../../../parts/texts.ts"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { locationsQuery } from "./stock.ts"
import { t } from "./texts.ts"

/** Where stock lies, in the order in which orders are served. */
export function Locations() {
  const { data, error } = useQuery(locationsQuery)
  const [id, setId] = useState("")
  const [priority, setPriority] = useState("")
  const client = useQueryClient()
  const put = useMutation({
    mutationFn: () =>
      answerOf(catalogPutStockLocation({ path: { id }, body: { priority: Number(priority) } })),
    onSuccess: () => {
      setId("")
      setPriority("")
      void client.invalidateQueries({ queryKey: locationsQuery.queryKey })
    },
  })
  return (
    <section className="card">
      <h2>{t("locations.title")}</h2>
      <p className="hint">{t("locations.says")}</p>
      {error && <ProblemNotice error={error} />}
      {data && (
        <Table
          label={t("locations.title")}
          columns={[t("locations.id"), { label: t("locations.priority"), isNumber: true }]}
        >
          {data.items.map((location) => (
            <tr key={location.id}>
              <th scope="row">{location.id}</th>
              <td className="number">{location.priority}</td>
            </tr>
          ))}
        </Table>
      )}
      <form
        className="add-row"
        onSubmit={(event) => {
          event.preventDefault()
          put.mutate()
        }}
      >
        <MistakesOf error={put.error}>
          <TextField
            label={t("locations.id")}
            value={id}
            onChange={setId}
            pattern="[a-z0-9]+(-[a-z0-9]+)*"
            says={t("locations.id-says")}
            maxLength={40}
            required
          />
          <TextField
            label={t("locations.priority")}
            value={priority}
            onChange={setPriority}
            pattern="[0-9]{1,5}"
            says={common("form.whole")}
            inputMode="numeric"
            pointer="/priority"
            required
          />
        </MistakesOf>
        <button type="submit" className="button button-small button-quiet" disabled={put.isPending}>
          {t("locations.save")}
        </button>
        <p role="status">{put.data && t("locations.saved", { id: put.data.id })}</p>
        {put.error && <ProblemNotice error={put.error} />}
      </form>
    </section>
  )
}
