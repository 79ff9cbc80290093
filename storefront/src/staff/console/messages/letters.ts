import {
  basketOperationsListDeadLetters,
  basketOperationsRedriveDeadLetters,
  catalogOperationsListDeadLetters,
  catalogOperationsRedriveDeadLetters,
  discountOperationsListDeadLetters,
  discountOperationsRedriveDeadLetters,
  orderingOperationsListDeadLetters,
  orderingOperationsRedriveDeadLetters,
} from "@eshop/shop-client/generated/sdk.gen"
import type { OrderingOperationsListDeadLettersResponse } from "@eshop/shop-client/generated/types.gen"
import { queryOptions } from "@tanstack/react-query"
import { answerOf } from "../../../api/api.ts"
import type { Context } from "./letters-search.ts"

/** Everything about messages that wait. */
export const LETTERS = "letters"

/** A message that nothing handles until somebody sends it again. */
export type Letter = OrderingOperationsListDeadLettersResponse["letters"][number] & {
  readonly context: Context
}

const lists = {
  catalog: catalogOperationsListDeadLetters,
  basket: basketOperationsListDeadLetters,
  discount: discountOperationsListDeadLetters,
  ordering: orderingOperationsListDeadLetters,
} as const satisfies Record<Context, unknown>

const redrives = {
  catalog: catalogOperationsRedriveDeadLetters,
  basket: basketOperationsRedriveDeadLetters,
  discount: discountOperationsRedriveDeadLetters,
  ordering: orderingOperationsRedriveDeadLetters,
} as const satisfies Record<Context, unknown>

/** What a context has waiting: those of each store that have waited longest, and how many are parked altogether. */
export const lettersQuery = (context: Context) =>
  queryOptions({
    queryKey: [LETTERS, context],
    // It is asked for again soon anyway: that a context is away is seen at once.
    retry: false,
    queryFn: async () => {
      const { letters, parked } = await answerOf(lists[context]({ query: { limit: 100 } }))
      return { letters: letters.map((letter): Letter => ({ ...letter, context })), parked }
    },
  })

/** Tells one message from another. */
export const keyOf = ({ context, store, source, eventId }: Letter): string =>
  `${context} ${store} ${source} ${eventId}`

/** How many went on their way, and how many stay since nothing in their context would handle them. */
export type Redriven = { readonly sent: number; readonly left: number }

/** Sends one message again. @throws ApiError also when it waits no longer */
export const redrive = ({ context, source, eventId }: Letter): Promise<Redriven> =>
  send(context, { source, eventId })

/** Sends all again that wait for a context, or those of them that wait for one reason. */
export const redriveAll = (context: Context, reason: string | undefined): Promise<Redriven> =>
  send(context, { all: true, ...(reason !== undefined && { reason }) })

type Which = NonNullable<Parameters<typeof orderingOperationsRedriveDeadLetters>[0]>["body"]

async function send(context: Context, body: Which): Promise<Redriven> {
  const { parked, broker, left } = await answerOf(redrives[context]({ body }))
  return { sent: parked + broker, left }
}
