import "../sales.css"
import { useMutation, useQuery } from "@tanstack/react-query"
import { getRouteApi, Link } from "@tanstack/react-router"
import { Loading } from "../../../../design/loading.tsx"
import { Page } from "../../../../design/page.tsx"
import { money } from "../../../../texts/format.ts"
import { Moment } from "../../../parts/moment.tsx"
import { Pager, Table } from "../../../parts/table.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { useHasRole } from "../../../roles.ts"
import { FindOrder, OrderFilters, StateTabs } from "./order-filters.tsx"
import { type FoundOrder, ordersByEmail, ordersQuery, stuckQuery } from "./orders.ts"
import { AttentionBadges, StatusBadge } from "./status.tsx"
import { t } from "./texts.ts"

const route = getRouteApi("/back-office/orders")

/** The orders: all of them for whoever manages them, what is to leave for the warehouse. */
export function OrdersPage() {
  const isManager = useHasRole("orders.manage")
  const byEmail = useMutation({ mutationFn: ordersByEmail })
  return (
    <Page title={t("title")} className="sales">
      {isManager ? <FindOrder findByEmail={byEmail.mutate} /> : <p>{t("warehouse.says")}</p>}
      {byEmail.error && <ProblemNotice error={byEmail.error} />}
      {byEmail.data ? (
        <ByEmail items={byEmail.data.items} close={byEmail.reset} />
      ) : (
        <Listed isManager={isManager} />
      )}
    </Page>
  )
}

function ByEmail({ items, close }: { items: readonly FoundOrder[]; close: () => void }) {
  return (
    <>
      <h2>{t("find.by-email")}</h2>
      {items.length === 0 ? <p>{t("find.by-email.none")}</p> : <OrderTable orders={items} />}
      <button type="button" className="button button-quiet button-small" onClick={close}>
        {t("find.clear")}
      </button>
    </>
  )
}

function Listed({ isManager }: { isManager: boolean }) {
  const search = route.useSearch()
  const wanted = isManager ? search : { status: search.status ?? "Paid", ...search }
  const { data, error, refetch } = useQuery(ordersQuery(wanted, isManager))
  const next = data?.nextCursor
  return (
    <>
      {isManager ? <OrderFilters /> : <StateTabs />}
      {isManager && <Stuck />}
      {error && <ProblemNotice error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.items.length === 0 && <p className="empty">{t(isManager ? "none" : "none.to-ship")}</p>}
      {data && data.items.length > 0 && <OrderTable orders={data.items} />}
      <Pager cursor={search.cursor} nextCursor={next} />
    </>
  )
}

/** How many processes are stuck, and the way to them. */
function Stuck() {
  const { data } = useQuery(stuckQuery)
  if (!data || data.items.length === 0) return null
  return (
    <p className="notice">
      <span>
        {t("stuck", { count: data.items.length })} <a href="/console">{t("stuck.see")}</a>
      </span>
    </p>
  )
}

const columns = [
  t("column.number"),
  t("column.placed"),
  t("column.status"),
  t("column.attention"),
  { label: t("column.lines"), isNumber: true },
  { label: t("column.total"), isNumber: true },
]

function OrderTable({ orders }: { orders: readonly FoundOrder[] }) {
  return (
    <Table label={t("title")} columns={columns}>
      {orders.map((order) => (
        <tr key={order.id}>
          <td>
            <Link to="/back-office/orders/$id" params={{ id: order.id }} className="row-link">
              {order.number}
            </Link>
          </td>
          <td>
            <Moment at={order.submittedAt} />
          </td>
          <td>
            <StatusBadge status={order.status} />
          </td>
          <td>
            <AttentionBadges reasons={order.needsAttention} />
          </td>
          <td className="number">{order.lineCount}</td>
          <td className="number">{money(order.total)}</td>
        </tr>
      ))}
    </Table>
  )
}
