import type { ServiceClient } from "@eshop/building-blocks/http/service-client"
import { remember } from "@eshop/building-blocks/remember"
import { requestOf } from "@eshop/domain/contracts/route"
import { getAvailability, MOST_AVAILABLE_SHOWN } from "@eshop/domain/contracts/variants"
import type { StockHints } from "../products/ports.ts"

const REMEMBERED_MS = 30_000
const REMEMBERED_SKUS = 20_000
/** So many are asked for one cart; those that are left are asked when it is shown again. */
const ASKED_AT_ONCE = 10

/** unknown: it could not be asked, or there are more than Catalog counts. */
type Hint = number | "unknown"

/** What Catalog says is left. @param client with a short deadline: a hint is not worth waiting for */
export function httpStockHints(client: ServiceClient): StockHints {
  async function ask(sku: string): Promise<Hint> {
    try {
      const { status, text } = await client.send(requestOf(getAvailability, { sku }))
      if (status !== 200) return "unknown"
      const { available } = getAvailability.answer.parse(JSON.parse(text))
      return available < MOST_AVAILABLE_SHOWN ? available : "unknown"
    } catch {
      return "unknown"
    }
  }
  const remembered = remember(ask, { forMs: REMEMBERED_MS, max: REMEMBERED_SKUS })
  return {
    async of(skus) {
      const isKnown = (sku: string) => remembered.peek(sku) !== undefined
      const wanted = [...skus.filter(isKnown), ...skus.filter((sku) => !isKnown(sku)).slice(0, ASKED_AT_ONCE)]
      const hints = await Promise.all(wanted.map(async (sku) => [sku, await remembered.get(sku)] as const))
      return new Map(hints.flatMap(([sku, hint]) => (hint === "unknown" ? [] : [[sku, hint]])))
    },
  }
}
