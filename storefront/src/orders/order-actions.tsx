import { orderingCancelOwnOrder } from "@eshop/shop-client/generated/sdk.gen"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { Link, useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import { answerOf, newKey } from "../api/api.ts"
import { once, useCartChange } from "../cart/cart.ts"
import { ConfirmButton } from "../design/confirm-button.tsx"
import { ProblemNotice } from "../design/problem-notice.tsx"
import { t } from "../texts/texts.ts"
import { orderHeaders } from "./order-token.ts"
import { type Order, returnable, saveInvoice, withdrawable } from "./orders.ts"

const hasUnits = (units: ReadonlyMap<string, number>): boolean =>
  [...units.values()].some((count) => count > 0)

const cancellable: ReadonlySet<Order["status"]> = new Set(["AwaitingStock", "AwaitingPayment", "Paid"])
const paid: ReadonlySet<Order["status"]> = new Set([
  "Paid",
  "PartiallyShipped",
  "Shipped",
  "Delivered",
  "Closed",
])

/** What its customer may do with an order as it stands. */
export function OrderActions({ order }: { order: Order }) {
  const cancel = useCancel(order)
  const invoice = useMutation({ mutationFn: () => saveInvoice(order) })
  const again = useCartChange()
  const navigate = useNavigate()
  const mayWithdraw =
    paid.has(order.status) &&
    hasUnits(withdrawable(order)) &&
    (order.withdrawableUntil === undefined || Date.parse(order.withdrawableUntil) > Date.now())
  const error = cancel.error ?? invoice.error ?? again.error
  return (
    <div className="order-actions">
      <div className="actions">
        {cancellable.has(order.status) && (
          <ConfirmButton
            label={t("order.cancel")}
            title={t("order.cancel-title")}
            says={t(order.status === "Paid" ? "order.cancel-paid" : "order.cancel-says")}
            confirm={t("order.cancel-confirm")}
            isPending={cancel.isPending}
            onConfirm={() => cancel.mutate()}
          />
        )}
        {mayWithdraw && (
          <Link to="/orders/$id/withdrawal" params={{ id: order.id }} className="button button-quiet">
            {t("footer.withdraw")}
          </Link>
        )}
        {hasUnits(returnable(order)) && (
          <Link to="/orders/$id/return" params={{ id: order.id }} className="button button-quiet">
            {t("order.return")}
          </Link>
        )}
        {paid.has(order.status) && (
          <button type="button" className="button button-quiet" onClick={() => invoice.mutate()}>
            {t("order.invoice")}
          </button>
        )}
        <button
          type="button"
          className="button button-quiet"
          onClick={() =>
            again.mutate(once({ do: "order-again", orderId: order.id }), {
              onSuccess: () => void navigate({ to: "/cart" }),
            })
          }
        >
          {t("order.again")}
        </button>
      </div>
      {cancel.data?.cancellation === "asked" && order.status !== "Cancelled" && (
        <p className="notice" role="status">
          {t("order.cancel-asked")}
        </p>
      )}
      {error && <ProblemNotice error={error} />}
    </div>
  )
}

function useCancel({ id }: Order) {
  const client = useQueryClient()
  const [key] = useState(newKey)
  return useMutation({
    mutationFn: () =>
      answerOf(
        orderingCancelOwnOrder({
          path: { id },
          body: {},
          headers: { "Idempotency-Key": key, ...orderHeaders(id) } as never,
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: ["order", id] }),
  })
}
