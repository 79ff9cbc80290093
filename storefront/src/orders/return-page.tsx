import { orderingRequestReturn } from "@eshop/shop-client/generated/sdk.gen"
import type { OrderingRequestReturnData } from "@eshop/shop-client/generated/types.gen"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { getRouteApi, Link } from "@tanstack/react-router"
import { useState } from "react"
import { answerOf, newKey } from "../api/api.ts"
import { Loading } from "../design/loading.tsx"
import { Page } from "../design/page.tsx"
import { ProblemNotice } from "../design/problem-notice.tsx"
import { t } from "../texts/texts.ts"
import { LinesField, linesOf } from "./lines-field.tsx"
import { orderHeaders } from "./order-token.ts"
import { type Order, orderQuery, returnable } from "./orders.ts"

const route = getRouteApi("/orders/$id/return")

type Reason = OrderingRequestReturnData["body"]["reason"]
const reasons: readonly Reason[] = [
  "goods.damaged",
  "goods.not-as-described",
  "goods.wrong",
  "goods.unwanted",
]

/** Asks to send back goods that have arrived; the shop decides. */
export function ReturnPage() {
  const { id } = route.useParams()
  const { data: order, error, refetch } = useQuery(orderQuery(id, false))
  return (
    <Page title={t("return.title")}>
      {order ? (
        <ReturnForm order={order} />
      ) : error ? (
        <ProblemNotice error={error} again={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </Page>
  )
}

function ReturnForm({ order }: { order: Order }) {
  const { id } = order
  const client = useQueryClient()
  const [key] = useState(newKey)
  const [chosen, setChosen] = useState<ReadonlyMap<string, number>>(new Map())
  const [reason, setReason] = useState<Reason>("goods.damaged")
  const request = useMutation({
    mutationFn: () =>
      answerOf(
        orderingRequestReturn({
          path: { id },
          body: { lines: linesOf(chosen), reason },
          headers: { "Idempotency-Key": key, ...orderHeaders(id) } as never,
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: ["order", id] }),
  })
  const toOrder = (
    <Link to="/orders/$id" params={{ id }} className="button button-quiet">
      {t("withdrawal.to-order")}
    </Link>
  )
  if (request.isSuccess) {
    return (
      <>
        <p className="notice notice-good" role="status">
          {t("return.done")}
        </p>
        {toOrder}
      </>
    )
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        request.mutate()
      }}
    >
      <p>{t("return.says", { number: order.number })}</p>
      <LinesField order={order} limits={returnable(order)} chosen={chosen} change={setChosen} />
      <fieldset className="options">
        <legend>{t("return.reason")}</legend>
        {reasons.map((one) => (
          <label key={one} className="option">
            <input type="radio" name="reason" checked={reason === one} onChange={() => setReason(one)} />
            <span>{t(`return.${one}` as "return.goods.damaged")}</span>
          </label>
        ))}
      </fieldset>
      {request.error && <ProblemNotice error={request.error} />}
      <div className="actions">
        <button type="submit" className="button" disabled={request.isPending || linesOf(chosen).length === 0}>
          {t("return.send")}
        </button>
        {toOrder}
      </div>
    </form>
  )
}
