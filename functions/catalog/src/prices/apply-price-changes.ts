import type { Call } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { message } from "@eshop/building-blocks/messaging/outbox"
import { PriceChanged } from "@eshop/domain/contracts/catalog-events"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { changeProduct, type ProductPorts } from "../products/change-product.ts"
import { announcePrices } from "./announce-prices.ts"
import type { DueProduct, Prices } from "./ports.ts"

type Ports = ProductPorts & { readonly prices: Prices }

const BATCH = 100

/**
 * Tells of prices whose time has begun or is over. What a variant costs is right at every instant without it; others are
 * told once, by whoever locks the product first, and after an outage of what is true by then.
 */
export const applyPriceChanges = useCase("catalog.apply-price-changes", {
  input: z.strictObject({}),
  result: z.strictObject({
    changed: z.int().min(0).describe("Products of which a price changed"),
    againInMs: z.int().optional(),
  }),
  handle: (ports: Ports) => async (_, call) => {
    let changed = 0
    for (;;) {
      const due = await ports.prices.due(call.now, BATCH)
      const failures: unknown[] = []
      // One that fails is not in the way of the others.
      for (const one of due)
        await apply(ports, one, call).then(
          (didChange) => {
            if (didChange) changed++
          },
          (error) => failures.push(error),
        )
      if (failures.length > 0) throw failures[0]
      if (due.length < BATCH) return { changed, ...untilNext(await ports.prices.nextChange(call.now), call) }
    }
  },
})

const untilNext = (next: Date | undefined, { now }: Call) =>
  next && { againInMs: next.getTime() - now.getTime() }

/** @returns whether others were told of another price */
const apply = (ports: Ports, { productId, skus }: DueProduct, call: Call): Promise<boolean> =>
  call.transact(async (tx) => {
    let told = false
    const product = await changeProduct(ports, tx, call, productId, async ({ status, variants }) => {
      const rows = await ports.prices.recent(skus, tx)
      const changes = await announcePrices(ports, tx, rows, call.now)
      const ofSold = changes.filter(({ sku }) => variants.some((variant) => variant.sku === sku))
      told = status === "published" && ofSold.length > 0
      const events = ofSold.map((change) => message(PriceChanged, productId, { productId, ...change }, call))
      return told ? { action: "prices.changed", change: ofSold, events } : undefined
    })
    if (isRefusal(product)) throw new Error(`${productId}: ${product.detail}`)
    return told
  })
