import type { ServiceClient } from "@eshop/building-blocks/http/service-client"
import { remember } from "@eshop/building-blocks/remember"
import { log } from "@eshop/building-blocks/telemetry/log"
import type { DiscountAnswer } from "@eshop/domain/basket/checkout"
import { getQuote, type Quote, type QuoteRequest } from "@eshop/domain/contracts/quotes"
import { requestOf } from "@eshop/domain/contracts/route"
import canonicalize from "canonicalize"
import type { Discounts } from "../pricing/ports.ts"

/** How old a quote of a cart that is shown may be. A checkout asks anew, and its customer agrees to that total. */
const REMEMBERED_MS = 30_000
const REMEMBERED_QUOTES = 10_000

async function ask(
  client: ServiceClient,
  request: QuoteRequest,
  isPatient: boolean,
): Promise<DiscountAnswer> {
  try {
    const response = await client.send({
      ...requestOf(getQuote, request),
      // A quote changes nothing: the key only tells the client that it may ask again.
      ...(isPatient && { headers: { "idempotency-key": "quote" } }),
    })
    if (response.status !== 200) throw new Error(`discount answered ${response.status}`)
    return getQuote.answer.parse(JSON.parse(response.text))
  } catch (error) {
    log.warn("no quote: the full price holds", { error })
    return "unavailable"
  }
}

/**
 * Discount's API. When it cannot be asked the customer pays the full price, and is told so.
 * @param clients.patient for checkouts; @param clients.hasty for carts that are shown: with a short deadline
 */
export function httpDiscounts(clients: {
  readonly patient: ServiceClient
  readonly hasty: ServiceClient
}): Discounts {
  const keyOf = (request: QuoteRequest) => canonicalize(request) ?? ""
  const keyOfAnybody = ({ customerId: _, ...request }: QuoteRequest) => keyOf(request)
  const isForAnybody = (answer: DiscountAnswer | undefined): answer is Quote =>
    answer !== undefined && answer !== "unavailable" && answer.customerMatters === false
  const recent = remember((key) => ask(clients.hasty, JSON.parse(key) as QuoteRequest, false), {
    forMs: REMEMBERED_MS,
    max: REMEMBERED_QUOTES,
  })
  const asking = new Map<string, Promise<DiscountAnswer>>()

  async function askNow(key: string, request: QuoteRequest): Promise<DiscountAnswer> {
    try {
      const answer = await ask(clients.patient, request, true)
      if (answer !== "unavailable") recent.put(key, answer)
      return answer
    } finally {
      asking.delete(key)
    }
  }

  return {
    // Whoever asks the same at the same time, such as an impatient client, waits for the one answer.
    async quote(request) {
      const key = keyOf(request)
      const answer = asking.get(key) ?? askNow(key, request)
      asking.set(key, answer)
      return await answer
    },

    async recentQuote(request) {
      const anybody = recent.peek(keyOfAnybody(request))
      if (isForAnybody(anybody)) return anybody
      const key = keyOf(request)
      const answer = await recent.get(key)
      if (isForAnybody(answer)) recent.put(keyOfAnybody(request), answer)
      // It may be back by the next look.
      if (answer === "unavailable") recent.forget(key)
      return answer
    },
  }
}
