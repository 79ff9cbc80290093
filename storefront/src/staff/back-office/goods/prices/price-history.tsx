import { useInfiniteQuery } from "@tanstack/react-query"
import { Loading } from "../../../../design/loading.tsx"
import { money } from "../../../../texts/format.ts"
import { exactly } from "../../../parts/local-time.ts"
import { More, Table } from "../../../parts/table.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { buyersOf, timeOf } from "./price-rows.tsx"
import { historyQuery } from "./prices.ts"
import { t } from "./texts.ts"

/** Every price that a variant ever had, the newest first. */
export function PriceHistory({ sku }: { sku: string }) {
  const list = useInfiniteQuery(historyQuery(sku))
  const { data, error, refetch } = list
  return (
    <section className="card">
      <h2>{t("history.title")}</h2>
      {error && <ProblemNotice error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && (
        <Table
          label={t("history.title")}
          isBusy={list.isFetchingNextPage}
          columns={[
            { label: t("history.price"), isNumber: true },
            ...[t("history.buyers"), t("history.time"), t("history.recorded"), t("history.ended")],
          ]}
        >
          {data.pages
            .flatMap(({ items }) => items)
            .map((row) => (
              <tr key={row.id} className={row.supersededAt ? "past" : ""}>
                <td className="number">{money(row.unitPrice)}</td>
                <td>{buyersOf(row)}</td>
                <td>{timeOf(row)}</td>
                <td>{exactly(row.recordedAt)}</td>
                <td>{row.supersededAt ? exactly(row.supersededAt) : t("history.stands")}</td>
              </tr>
            ))}
        </Table>
      )}
      <More label={t("history.more")} list={list} />
    </section>
  )
}
