import { remoteRefusal } from "@eshop/building-blocks/http/remote-refusal"
import type { ServiceClient } from "@eshop/building-blocks/http/service-client"
import { log } from "@eshop/building-blocks/telemetry/log"
import { requestOf } from "@eshop/domain/contracts/route"
import { putHold, releaseHold } from "@eshop/domain/contracts/stock-holds"
import { holdRefusals, type StockHolds } from "../holds/ports.ts"

/** Catalog's API of stock holds. */
export const httpStockHolds = (client: ServiceClient): StockHolds => ({
  async put(holdId, lines, customerId) {
    try {
      const response = await client.send(requestOf(putHold, { holdId, lines: [...lines], customerId }))
      const refusal = remoteRefusal(response, holdRefusals)
      if (refusal) return refusal
      if (response.status !== 200) throw new Error(`catalog answered ${response.status}`)
      return putHold.answer.parse(JSON.parse(response.text))
    } catch (error) {
      log.warn("no stock is held", { holdId, error })
      return "unavailable"
    }
  },

  async release(holdId) {
    try {
      await client.send(requestOf(releaseHold, { holdId }))
    } catch (error) {
      log.warn("a hold is not given back: it ends by itself", { holdId, error })
    }
  },
})
