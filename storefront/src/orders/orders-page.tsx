import { useQuery } from "@tanstack/react-query"
import { getRouteApi, Link, useRouter } from "@tanstack/react-router"
import { SignInFirst } from "../account/sign-in-first.tsx"
import { ApiError } from "../api/api.ts"
import { Loading } from "../design/loading.tsx"
import { Page } from "../design/page.tsx"
import { ProblemNotice } from "../design/problem-notice.tsx"
import { useCustomer } from "../session/session.ts"
import { moment, money } from "../texts/format.ts"
import { plural, t } from "../texts/texts.ts"
import { ordersQuery } from "./orders.ts"
import { StatusBadge } from "./status-badge.tsx"

const route = getRouteApi("/orders")

export function OrdersPage() {
  const { cursor } = route.useSearch()
  const { data, error, refetch } = useQuery(ordersQuery(cursor))
  const customer = useCustomer()
  const router = useRouter()
  if (!customer && error instanceof ApiError && error.problem.status === 401)
    return <SignInFirst title={t("orders.title")} />
  return (
    <Page title={t("orders.title")}>
      {error ? <ProblemNotice error={error} again={() => void refetch()} /> : !data && <Loading />}
      {data?.items.length === 0 && (
        <div className="empty">
          <p>{t("orders.none")}</p>
          <Link to="/products" className="button">
            {t("cart.browse")}
          </Link>
        </div>
      )}
      <ul className="order-list">
        {data?.items.map((order) => (
          <li key={order.id}>
            <Link to="/orders/$id" params={{ id: order.id }} className="order-entry">
              <span className="order-entry-number">{order.number}</span>
              <span>{moment(order.submittedAt)}</span>
              <span>{plural("orders.lines", order.lineCount)}</span>
              <StatusBadge status={order.status} />
              <span className="price">{money(order.total)}</span>
            </Link>
          </li>
        ))}
      </ul>
      <nav className="pages" aria-label={t("list.pages")}>
        {cursor !== undefined && (
          <button type="button" className="button button-quiet" onClick={() => router.history.back()}>
            {t("orders.newer")}
          </button>
        )}
        {data?.nextCursor && (
          <Link to="/orders" search={{ cursor: data.nextCursor }} className="button button-quiet">
            {t("orders.older")}
          </Link>
        )}
      </nav>
    </Page>
  )
}
