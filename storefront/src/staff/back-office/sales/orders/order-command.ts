import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { ApiError } from "../../../../api/api.ts"
import { useKeyOf } from "../../../parts/keys.ts"
import { keyOfOrder, type Order } from "./orders.ts"

/** What makes a command safe to repeat, and keeps it from an order that is another one by now. */
export type CommandHeaders = { readonly "Idempotency-Key": string; readonly "If-Match": string }

/**
 * A command to an order, for as long as its form is open: it holds for the order as it was when that was opened, and
 * goes out under the same Idempotency-Key while it says the same.
 */
export function useOrderCommand<Body, Answer>(
  order: Order,
  send: (body: Body, headers: CommandHeaders) => Promise<Answer>,
  onDone: (answer: Answer, body: Body) => void,
) {
  const client = useQueryClient()
  const keyOf = useKeyOf()
  const [seen, setSeen] = useState(order.version)
  const mutation = useMutation({
    mutationFn: (body: Body) => send(body, { "Idempotency-Key": keyOf(body), "If-Match": `"${seen}"` }),
    onSuccess: onDone,
    // Not waited for: what was refused is said before the order is read anew.
    onSettled: () => void client.invalidateQueries({ queryKey: keyOfOrder(order.id) }),
  })
  const { error, isPending, isSuccess } = mutation
  const isRefused =
    error instanceof ApiError && (error.problem.status === 409 || error.problem.status === 412)
  return {
    run: mutation.mutate,
    isPending,
    error: error ?? undefined,
    /** The order is another one than when the form was opened: what it was about may not hold any more. */
    isOvertaken: isRefused || (order.version > seen && !isPending && !isSuccess),
    /** The version that the command is about. */
    seen,
    /** Takes the order as it is by now. */
    goOn: () => {
      setSeen(order.version)
      mutation.reset()
    },
  }
}

export type OrderCommand = Omit<ReturnType<typeof useOrderCommand>, "run">
