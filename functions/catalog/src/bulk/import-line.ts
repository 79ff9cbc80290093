import { type Call, hasRole, type Tx } from "@eshop/building-blocks/app/call"
import { command } from "@eshop/building-blocks/app/use-case"
import { LineEffect } from "@eshop/building-blocks/uploads/run-upload"
import { BulkLine, bulkCategoriesUnknown } from "@eshop/domain/catalog/bulk-line"
import { productUnknown, variantUnknown } from "@eshop/domain/catalog/product"
import type { ProductContent } from "@eshop/domain/catalog/product-rules"
import { stockBelowReserved, stockBeyondCount } from "@eshop/domain/catalog/stock-adjustment"
import { defineRefusal, isRefusal, type Refusal } from "@eshop/domain/kernel/refusal"
import type * as z from "zod"
import { type PricePorts, setPricesRefusals, writePrices } from "../prices/set-prices.ts"
import { addProduct } from "../products/create-product.ts"
import { discontinue } from "../products/discontinue-product.ts"
import { updateRefusals, writeContent } from "../products/update-product.ts"
import { type AdjustmentPorts, adjust, INVENTORY_WRITE, lockLevel } from "../stock/adjust-stock.ts"
import { writeSafetyStock } from "../stock/set-safety-stock.ts"
import { locationUnknown } from "../stock/stock-locations.ts"
import { unlessOvertaken } from "../stock/unless-overtaken.ts"
import type { BulkProducts } from "./ports.ts"

type Ports = PricePorts & AdjustmentPorts & { readonly bulk: BulkProducts }
type Member<Name extends keyof BulkLine> = NonNullable<BulkLine[Name]>
type Effect = z.infer<typeof LineEffect>

const stockForbidden = defineRefusal(
  "stock.forbidden",
  "forbidden",
  `This needs the role '${INVENTORY_WRITE}'.`,
)

/** Takes a line of an import the way that its route would, so that events, trail, search and caches follow. */
export const importLine = command("catalog.import-line", {
  input: BulkLine,
  result: LineEffect,
  refusals: [
    ...updateRefusals,
    ...setPricesRefusals,
    bulkCategoriesUnknown,
    stockForbidden,
    locationUnknown,
    stockBelowReserved,
    stockBeyondCount,
  ],
  handle: (ports: Ports) => async (line, call) => {
    if (line.stock && !hasRole(call.caller, INVENTORY_WRITE)) return stockForbidden()
    return await unlessOvertaken(ports, call, () => call.commit((tx) => take(ports, tx, call, line)))
  },
})

async function take(ports: Ports, tx: Tx, call: Call, { product, prices, stock, status }: BulkLine) {
  if (product) return takeProduct(ports, tx, call, product)
  if (prices) return takePrices(ports, tx, call, prices)
  if (stock) return takeStock(ports, tx, call, stock)
  return takeStatus(ports, tx, call, status as Member<"status">)
}

async function takeProduct(ports: Ports, tx: Tx, call: Call, line: Member<"product">) {
  const { id, categories: slugs, ...rest } = line
  const ids = await ports.bulk.categoryIds(tx, slugs)
  const unknown = slugs.filter((slug) => !ids.has(slug))
  if (unknown.length > 0) return bulkCategoriesUnknown({ slugs: unknown })
  const draft = { ...rest, categories: slugs.map((slug) => ids.get(slug) as string) }
  const known = await ports.bulk.lock(tx, id === undefined ? { slug: rest.slug } : { id })
  if (known) {
    const contentFrom = ({ status }: ProductContent) => ({ ...draft, status })
    return effectOn(known, await writeContent(ports, tx, call, known.id, contentFrom))
  }
  const added = await addProduct(ports, tx, call, id ?? call.newId(), draft)
  return isRefusal(added) ? added : { outcome: "created" as const }
}

async function takePrices(ports: Ports, tx: Tx, call: Call, line: Member<"prices">) {
  const known = await ports.bulk.lock(tx, { sku: line.sku })
  return known ? effectOn(known, await writePrices(ports, tx, call, known.id, line)) : variantUnknown()
}

async function takeStock(ports: Ports, tx: Tx, call: Call, line: Member<"stock">) {
  const { sku, location, onHand } = line
  const level = await lockLevel(ports, tx, sku, location, call)
  if (isRefusal(level)) return level
  const { safetyStock = level.safetyStock } = line
  const count = () => {
    const adjustment = {
      sku,
      location: level.location,
      type: "set",
      quantity: onHand,
      reason: "import",
    } as const
    return onHand === level.onHand ? undefined : adjust(ports, tx, adjustment, call)
  }
  const secure = () => {
    const to = { sku, location: level.location, safetyStock }
    return safetyStock === level.safetyStock ? undefined : writeSafetyStock(ports, tx, to, call)
  }
  // In the order in which the stock is not low in between unless it was before or is in the end.
  const steps = safetyStock > level.safetyStock ? [count, secure] : [secure, count]
  let isChanged = false
  for (const step of steps) {
    const after = await step()
    if (after && isRefusal(after)) return after
    if (after) isChanged = true
  }
  return effectOf(isChanged)
}

async function takeStatus(ports: Ports, tx: Tx, call: Call, { slug, status }: Member<"status">) {
  const known = await ports.bulk.lock(tx, { slug })
  if (!known) return productUnknown()
  const product =
    status === "discontinued"
      ? await discontinue(ports, tx, call, known.id)
      : await writeContent(ports, tx, call, known.id, (content) => ({ ...content, status }))
  return effectOn(known, product)
}

const effectOf = (isChanged: boolean): Effect => ({ outcome: isChanged ? "changed" : "unchanged" })

const effectOn = <Product extends { readonly version: number } | Refusal>(
  { version }: { readonly version: number },
  product: Product,
): Effect | Extract<Product, Refusal> =>
  isRefusal(product) ? product : effectOf((product as { version: number }).version > version)
