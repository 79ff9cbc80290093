import { AddressLines } from "../../../../design/address-lines.tsx"
import "../sales.css"
import { useMutation, useQuery } from "@tanstack/react-query"
import { getRouteApi, Link } from "@tanstack/react-router"
import { useState } from "react"
import { ApiError } from "../../../../api/api.ts"
import { Loading } from "../../../../design/loading.tsx"
import { Page } from "../../../../design/page.tsx"
import { type Money, money } from "../../../../texts/format.ts"
import { Moment } from "../../../parts/moment.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { OrderActions } from "./order-actions.tsx"
import { Cancellations, Disputes, Parcels, Refunds, Returns } from "./order-facts.tsx"
import { History, Processes } from "./order-history.tsx"
import { OrderLines } from "./order-lines.tsx"
import { type Order, orderQuery, saveInvoice, savePriceProof } from "./orders.ts"
import { AttentionBadges, StatusBadge } from "./status.tsx"
import { t } from "./texts.ts"

const route = getRouteApi("/back-office/orders/$id")

/** One order, live, with everything that may be done to it. */
export function OrderPage() {
  const { id } = route.useParams()
  const { data: order, error, refetch } = useQuery(orderQuery(id))
  const [done, setDone] = useState("")
  if (!order) return error ? <NoOrder id={id} error={error} again={() => void refetch()} /> : <Loading />
  return (
    <Page title={t("order.title", { number: order.number })} className="sales">
      <p className="order-standing">
        <StatusBadge status={order.status} />
        <AttentionBadges reasons={order.work?.needsAttention ?? []} />
        {order.cancelReason && (
          <span>{t("order.cancelled-because", { because: order.cancelReason.detail })}</span>
        )}
      </p>
      {error && <ProblemNotice error={error} again={() => void refetch()} />}
      <p role="status" className={done === "" ? "visually-hidden" : "notice notice-good"}>
        {done}
      </p>
      <Summary order={order} />
      <OrderActions order={order} onDone={setDone} />
      <div className="order-columns">
        <div>
          <OrderLines order={order} />
          <Parcels order={order} onDone={setDone} />
          <Returns order={order} onDone={setDone} />
          <Refunds order={order} />
          <Disputes order={order} />
          <Cancellations order={order} />
        </div>
        <aside>
          <Processes order={order} />
          <Address order={order} />
          <Papers order={order} />
          <History order={order} />
        </aside>
      </div>
    </Page>
  )
}

function NoOrder({ id, error, again }: { id: string; error: Error; again: () => void }) {
  const isUnknown = error instanceof ApiError && error.problem.status === 404
  return (
    <Page title={t("order.unknown")} className="sales">
      {isUnknown ? (
        <p>
          {t("order.unknown.says")}{" "}
          <Link to="/back-office/orders" search={{ customerId: id }}>
            {t("order.unknown.customer")}
          </Link>
        </p>
      ) : (
        <ProblemNotice error={error} again={again} />
      )}
    </Page>
  )
}

const nonZero = (amount: Money | undefined) => (amount && amount.amount > 0 ? amount : undefined)

function Summary({ order }: { order: Order }) {
  const sums = order.work?.money
  const amounts = [
    ["order.total", order.total],
    ["order.captured", sums?.captured],
    ["order.refunded", nonZero(sums?.refunded)],
    ["order.refunding", nonZero(sums?.refunding)],
    ["order.refundable", sums?.refundable],
  ] as const
  return (
    <dl className="facts-bar" aria-label={t("order.summary")}>
      <div>
        <dt>{t("order.placed")}</dt>
        <dd>
          <Moment at={order.submittedAt} />
        </dd>
      </div>
      <div>
        <dt>{t("order.changed")}</dt>
        <dd>
          <Moment at={order.changedAt} />
        </dd>
      </div>
      <div>
        <dt>{t("order.customer")}</dt>
        <dd>
          <Link to="/back-office/orders" search={{ customerId: order.customerId }}>
            {order.customerId}
          </Link>
        </dd>
      </div>
      {amounts.map(
        ([key, amount]) =>
          amount && (
            <div key={key}>
              <dt>{t(key)}</dt>
              <dd className="amount">{money(amount)}</dd>
            </div>
          ),
      )}
      {order.work?.invoiceNumber !== undefined && (
        <div>
          <dt>{t("order.invoice-number")}</dt>
          <dd>{order.work.invoiceNumber}</dd>
        </div>
      )}
      {order.couponCodes.length > 0 && (
        <div>
          <dt>{t("order.coupons")}</dt>
          <dd>{order.couponCodes.join(", ")}</dd>
        </div>
      )}
    </dl>
  )
}

function Address({ order: { shippingAddress } }: { order: Order }) {
  if (!shippingAddress)
    return (
      <section>
        <h2>{t("order.address")}</h2>
        <p className="hint">{t("order.address.gone")}</p>
      </section>
    )
  return (
    <section>
      <h2>{t("order.address")}</h2>
      <AddressLines address={shippingAddress} />
    </section>
  )
}

/** What is printed and proved of an order. */
function Papers({ order }: { order: Order }) {
  const invoice = useMutation({ mutationFn: () => saveInvoice(order) })
  const proof = useMutation({ mutationFn: () => savePriceProof(order) })
  const error = invoice.error ?? proof.error
  return (
    <section>
      <div className="actions">
        {order.paymentId !== undefined && (
          <button type="button" className="button button-quiet button-small" onClick={() => invoice.mutate()}>
            {t("order.invoice")}
          </button>
        )}
        <button
          type="button"
          className="button button-quiet button-small"
          title={t("order.proof.says")}
          onClick={() => proof.mutate()}
        >
          {t("order.proof")}
        </button>
      </div>
      {error && <ProblemNotice error={error} />}
    </section>
  )
}
