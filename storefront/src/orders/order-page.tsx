import { useQuery } from "@tanstack/react-query"
import { getRouteApi, Link, useRouterState } from "@tanstack/react-router"
import { useEffect, useRef } from "react"
import { SignInFirst } from "../account/sign-in-first.tsx"
import { ApiError } from "../api/api.ts"
import { Loading } from "../design/loading.tsx"
import { Page } from "../design/page.tsx"
import { ProblemNotice } from "../design/problem-notice.tsx"
import { useCustomer } from "../session/session.ts"
import { moment } from "../texts/format.ts"
import { hasText, t } from "../texts/texts.ts"
import { OrderActions } from "./order-actions.tsx"
import { AddressOf, BackAndForth, LinesOf, ShipmentsOf } from "./order-parts.tsx"
import { isUnderWay, type Order, orderQuery } from "./orders.ts"
import { StatusBadge } from "./status-badge.tsx"
import { Timeline } from "./timeline.tsx"

const route = getRouteApi("/orders/$id")

/** An order; right after the checkout the confirmation, which follows it live until it is paid or says why it is not. */
export function OrderPage() {
  const { id } = route.useParams()
  const isNew = useRouterState({ select: ({ location }) => location.state.placed === true })
  const { data: order, error, refetch } = useQuery(orderQuery(id, isNew))
  const customer = useCustomer()
  if (!order) {
    if (!error) return <Loading />
    if (!customer && error instanceof ApiError && error.problem.status === 401)
      return <SignInFirst title={t("order.title-unknown")} />
    return (
      <Page title={t("order.title-unknown")}>
        <ProblemNotice error={error} again={() => void refetch()} />
      </Page>
    )
  }
  return (
    <Page title={t("order.title", { number: order.number })} className="order">
      {error && <ProblemNotice error={error} again={() => void refetch()} />}
      <Standing order={order} isNew={isNew} />
      <OrderActions order={order} />
      <div className="cart-columns">
        <div>
          <LinesOf order={order} />
          <ShipmentsOf order={order} />
          <BackAndForth order={order} />
        </div>
        <aside className="order-aside">
          <AddressOf order={order} />
          <Timeline order={order} />
          <p>
            <Link to="/contact" state={{ about: order.number }}>
              {t("order.ask")}
            </Link>
          </p>
        </aside>
      </div>
    </Page>
  )
}

const steps = ["Submitted", "AwaitingStock", "AwaitingPayment", "Paid", "Shipped", "Delivered"] as const
const stepOf: Record<Order["status"], number> = {
  ...{ Submitted: 0, AwaitingStock: 1, AwaitingPayment: 2, Paid: 3, PartiallyShipped: 4, Shipped: 4 },
  ...{ Delivered: 5, Closed: 5, Cancelled: -1 },
}

/** Where it stands: told to a screen reader as it changes. */
function Standing({ order, isNew }: { order: Order; isNew: boolean }) {
  const { status, cancelReason, paymentAction, withdrawableUntil } = order
  const reached = stepOf[status]
  useProvidersPage(order, isNew)
  return (
    <section className="standing" aria-label={t("order.standing")}>
      <div role="status">
        <p className="standing-status">
          <StatusBadge status={status} />
          {isUnderWay(order) && <span className="spinner" aria-hidden="true" />}
        </p>
        <p>
          {status === "Cancelled" && cancelReason
            ? t("order.cancelled-because", { because: reasonOf(cancelReason) })
            : t(`order.says.${status}`)}
        </p>
        {withdrawableUntil !== undefined && (
          <p className="hint">{t("order.withdrawable-until", { until: moment(withdrawableUntil) })}</p>
        )}
      </div>
      {paymentAction && isUnderWay(order) && (
        <p className="notice">
          {t("order.confirm-payment")}{" "}
          <a href={paymentAction.redirectUrl} className="button">
            {t("order.to-provider")}
          </a>
        </p>
      )}
      {reached >= 0 && (
        <ol className="steps">
          {steps.map((step, index) => (
            <li
              key={step}
              className={index <= reached ? "step step-done" : "step"}
              aria-current={index === reached ? "step" : undefined}
            >
              {t(`step.${step}`)}
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

/** Right after the checkout the browser goes to the provider by itself when the card's holder has to confirm the payment. */
function useProvidersPage({ paymentAction }: Order, isNew: boolean): void {
  const hasGone = useRef(false)
  const url = paymentAction?.redirectUrl
  useEffect(() => {
    if (!isNew || hasGone.current || url === undefined) return
    hasGone.current = true
    // Who comes back by the browser's button finds the link, and is not sent away again.
    history.replaceState({ ...history.state, placed: false }, "")
    location.assign(url)
  }, [isNew, url])
}

/** Why an order was cancelled, in words that help; the shop's own sentence where the code is a new one. */
function reasonOf({ code, detail }: NonNullable<Order["cancelReason"]>): string {
  const key = `reason.${code}`
  return hasText(key) ? t(key) : detail
}
