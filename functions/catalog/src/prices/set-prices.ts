import type { Call, Tx } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { message } from "@eshop/building-blocks/messaging/outbox"
import {
  afterChange,
  decidePrices,
  priceMissing,
  priceOf,
  priceOver,
  pricesMixed,
  pricesOverlap,
  VariantPriceList,
} from "@eshop/domain/catalog/price"
import { variantUnknown } from "@eshop/domain/catalog/product"
import { PriceChanged } from "@eshop/domain/contracts/catalog-events"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import type * as z from "zod"
import { changeProduct, changeRefusals, type ProductPorts } from "../products/change-product.ts"
import type { Products } from "../products/ports.ts"
import { announcePrices } from "./announce-prices.ts"
import { VariantPrices, variantPricesOf } from "./get-prices.ts"
import type { PriceWrites } from "./ports.ts"

export type PricePorts = ProductPorts & { readonly prices: PriceWrites }

export const setPricesRefusals = [
  variantUnknown,
  ...changeRefusals,
  priceOver,
  pricesOverlap,
  pricesMixed,
  priceMissing,
] as const

/** Sets all prices of a variant. What is not in the list ends now; what one unit costs everybody is told if it changes. */
export const setPrices = useCase("catalog.set-prices", {
  input: VariantPriceList,
  result: VariantPrices,
  refusals: setPricesRefusals,
  handle: (ports: PricePorts & { readonly products: Products }) => async (input, call) => {
    const id = (await ports.products.findBySku(input.sku))?.id
    if (id === undefined) return variantUnknown()
    return call.transact(async (tx) => {
      const product = await writePrices(ports, tx, call, id, input)
      return isRefusal(product) ? product : variantPricesOf(product, input.sku, call.now)
    })
  },
})

/** Sets all prices of a variant of this product in a transaction of the caller's. @returns the product as it is now */
export const writePrices = (
  ports: PricePorts,
  tx: Tx,
  call: Call,
  id: string,
  { sku, prices: wanted }: z.output<typeof VariantPriceList>,
) =>
  changeProduct(ports, tx, call, id, async ({ variants, status }) => {
    if (!variants.some((variant) => variant.sku === sku)) return variantUnknown()
    const rows = (await ports.prices.recent([sku], tx)).get(sku) ?? []
    const standing = rows.filter(({ supersededAt }) => !supersededAt)
    const onSale = status === "published"
    const change = decidePrices(standing, wanted, { sku, onSale, now: call.now, newId: call.newId })
    if (isRefusal(change)) return change
    if (change.ended.length + change.added.length === 0) return undefined
    await ports.prices.change(tx, change)
    const after = new Map([[sku, afterChange(rows, change)]])
    const changes = await announcePrices(ports, tx, after, change.at)
    return {
      action: "prices.set",
      change: { sku, ended: change.ended.map(priceOf), added: change.added.map(priceOf) },
      events: onSale ? changes.map((one) => message(PriceChanged, id, { productId: id, ...one }, call)) : [],
    }
  })
