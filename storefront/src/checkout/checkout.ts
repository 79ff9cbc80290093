import { basketCheckOut } from "@eshop/shop-client/generated/sdk.gen"
import type { BasketCheckOutData, CheckoutTotalChangedProblem } from "@eshop/shop-client/generated/types.gen"
import { useMutation } from "@tanstack/react-query"
import { useRef } from "react"
import { ApiError, answerWithHeaders, newKey } from "../api/api.ts"
import { codeOf } from "../api/problem.ts"
import { cartWasCheckedOut } from "../cart/cart.ts"
import { keepOrderToken } from "../orders/order-token.ts"

export type CheckoutBody = BasketCheckOutData["body"]
export type Address = CheckoutBody["shippingAddress"]

/**
 * Places the order. The same request, sent again because its answer got lost or somebody pressed twice, goes under the same
 * key: it is one order.
 */
export function useCheckout() {
  const last = useRef({ body: "", key: "" })
  return useMutation({
    mutationFn: async (body: CheckoutBody) => {
      const said = JSON.stringify(body)
      if (last.current.body !== said) last.current = { body: said, key: newKey() }
      const headers = { "Idempotency-Key": last.current.key }
      const answer = await answerWithHeaders(basketCheckOut({ body, headers }))
      keepOrderToken(answer.data.orderId, answer.headers.get("x-order-token"))
      return answer.data
    },
    onSuccess: cartWasCheckedOut,
  })
}

/** What the shop answered when the total is another one than the shopper saw. */
export function changedTotal(error: unknown): CheckoutTotalChangedProblem | undefined {
  if (!(error instanceof ApiError) || codeOf(error.problem) !== "checkout.total-changed") return undefined
  return error.problem as CheckoutTotalChangedProblem
}
