import {
  orderingConfirmWithdrawal,
  orderingGetWithdrawalReceipt,
  orderingProposeWithdrawal,
} from "@eshop/shop-client/generated/sdk.gen"
import type { OrderingProposeWithdrawalResponse } from "@eshop/shop-client/generated/types.gen"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { getRouteApi, Link } from "@tanstack/react-router"
import { useState } from "react"
import { answerOf, newKey } from "../api/api.ts"
import { Loading } from "../design/loading.tsx"
import { Page } from "../design/page.tsx"
import { ProblemNotice } from "../design/problem-notice.tsx"
import { moment, money } from "../texts/format.ts"
import { plural, t } from "../texts/texts.ts"
import { LinesField, linesOf } from "./lines-field.tsx"
import { orderHeaders } from "./order-token.ts"
import { type Order, orderQuery, save, withdrawable } from "./orders.ts"

const route = getRouteApi("/orders/$id/withdrawal")

type Proposal = OrderingProposeWithdrawalResponse

/** The withdrawal of European law in its two steps: what it comes to, then the confirmation, with a receipt to keep. */
export function WithdrawalPage() {
  const { id } = route.useParams()
  const { data: order, error, refetch } = useQuery(orderQuery(id, false))
  return (
    <Page title={t("withdrawal.title")}>
      {order ? (
        <Withdrawal order={order} />
      ) : error ? (
        <ProblemNotice error={error} again={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </Page>
  )
}

function Withdrawal({ order }: { order: Order }) {
  const { id } = order
  const limits = withdrawable(order)
  const [chosen, setChosen] = useState<ReadonlyMap<string, number>>(limits)
  const propose = useMutation({
    mutationFn: () =>
      answerOf(
        orderingProposeWithdrawal({
          path: { id },
          body: { lines: linesOf(chosen) },
          headers: orderHeaders(id) as never,
        }),
      ),
  })
  const confirm = useConfirmation(id)
  if (confirm.data) return <Withdrawn withdrawal={confirm.data} />
  if (propose.data) {
    return (
      <>
        <Terms order={order} proposal={propose.data} />
        {confirm.error && <ProblemNotice error={confirm.error} />}
        <div className="actions">
          <button
            type="button"
            className="button button-danger"
            disabled={confirm.isPending}
            onClick={() => confirm.mutate(propose.data)}
          >
            {t("withdrawal.confirm")}
          </button>
          <button type="button" className="button button-quiet" onClick={() => propose.reset()}>
            {t("dialog.back")}
          </button>
        </div>
      </>
    )
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        propose.mutate()
      }}
    >
      <p>{t("withdrawal.says", { number: order.number })}</p>
      <LinesField order={order} limits={limits} chosen={chosen} change={setChosen} />
      {propose.error && <ProblemNotice error={propose.error} />}
      <button type="submit" className="button" disabled={propose.isPending || linesOf(chosen).length === 0}>
        {t("footer.withdraw")}
      </button>
    </form>
  )
}

function useConfirmation(id: string) {
  const client = useQueryClient()
  const [key] = useState(newKey)
  return useMutation({
    mutationFn: ({ withdrawalId, lines }: Proposal) =>
      answerOf(
        orderingConfirmWithdrawal({
          path: { id, withdrawalId },
          body: { lines },
          // Another proposal is another request.
          headers: { "Idempotency-Key": `${key}-${withdrawalId.slice(0, 16)}`, ...orderHeaders(id) },
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: ["order", id] }),
  })
}

function Terms({ order, proposal }: { order: Order; proposal: Proposal }) {
  const words = (lines: Proposal["lines"]) =>
    lines
      .map(({ sku, quantity }) =>
        plural("checkout.units", quantity, {
          name: order.lines.find((line) => line.sku === sku)?.name ?? sku,
        }),
      )
      .join(", ")
  return (
    <div className="notice">
      <p>{t("withdrawal.from", { number: order.number, lines: words(proposal.lines) })}</p>
      {proposal.cancelled.length > 0 && (
        <p>
          {t("withdrawal.cancelled", { lines: words(proposal.cancelled), amount: money(proposal.refundNow) })}
        </p>
      )}
      {proposal.returned.length > 0 && (
        <p>
          {t("withdrawal.returned", {
            lines: words(proposal.returned),
            amount: money(proposal.refundOnReturn),
          })}
        </p>
      )}
    </div>
  )
}

type Confirmed = { orderId: string; number: string; withdrawalId: string; withdrawnAt: string }

function Withdrawn({ withdrawal }: { withdrawal: Confirmed }) {
  const { orderId, number, withdrawalId, withdrawnAt } = withdrawal
  const receipt = useMutation({
    mutationFn: async () => {
      const path = { id: orderId, withdrawalId }
      const page = orderingGetWithdrawalReceipt({
        path,
        headers: orderHeaders(orderId) as never,
        parseAs: "text",
      })
      save(await answerOf(page), `withdrawal-${number}.txt`, "text/plain")
    },
  })
  return (
    <>
      <p className="notice notice-good" role="status">
        {t("withdrawal.done", { number, at: moment(withdrawnAt) })}
      </p>
      {receipt.error && <ProblemNotice error={receipt.error} />}
      <div className="actions">
        <button type="button" className="button" onClick={() => receipt.mutate()}>
          {t("withdrawal.receipt")}
        </button>
        <Link to="/orders/$id" params={{ id: orderId }} className="button button-quiet">
          {t("withdrawal.to-order")}
        </Link>
      </div>
    </>
  )
}
