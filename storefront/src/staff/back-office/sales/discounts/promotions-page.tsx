import "../sales.css"
import "./rules.css"
import { useQuery } from "@tanstack/react-query"
import { getRouteApi, Link } from "@tanstack/react-router"
import { Loading } from "../../../../design/loading.tsx"
import { Page } from "../../../../design/page.tsx"
import { Pager, Table } from "../../../parts/table.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { StateBadge, Validity } from "./rule-badges.tsx"
import { effectInWords, scopeInWords } from "./rule-words.ts"
import { promotionsQuery } from "./rules.ts"
import { t } from "./texts.ts"

const route = getRouteApi("/back-office/promotions")

const columns = [
  { label: t("column.turn"), isNumber: true },
  t("column.name"),
  t("column.effect"),
  t("column.scope"),
  t("column.validity"),
  t("column.state"),
]

export function PromotionsPage() {
  const { cursor } = route.useSearch()
  const { data, error, refetch } = useQuery(promotionsQuery(cursor))
  const inTurn = data?.items.toSorted((a, b) => a.stacking.sortOrder - b.stacking.sortOrder) ?? []
  return (
    <Page title={t("promotions.title")} className="sales rules">
      <p>{t("promotions.says")}</p>
      <p>
        <Link to="/back-office/promotions/new" className="button">
          {t("promotions.new")}
        </Link>
      </p>
      {error && <ProblemNotice error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.items.length === 0 && <p className="empty">{t("promotions.none")}</p>}
      {inTurn.length > 0 && (
        <Table label={t("promotions.title")} columns={columns}>
          {inTurn.map((promotion) => (
            <tr key={promotion.id}>
              <td className="number">{promotion.stacking.sortOrder}</td>
              <td>
                <Link to="/back-office/promotions/$id" params={{ id: promotion.id }} className="row-link">
                  {promotion.name}
                </Link>
              </td>
              <td>{effectInWords(promotion.effect)}</td>
              <td>{scopeInWords(promotion.scope)}</td>
              <td>
                <Validity rule={promotion} />
              </td>
              <td>
                <StateBadge rule={promotion} />
              </td>
            </tr>
          ))}
        </Table>
      )}
      <Pager cursor={cursor} nextCursor={data?.nextCursor} />
    </Page>
  )
}
