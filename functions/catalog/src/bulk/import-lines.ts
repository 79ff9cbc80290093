import { type Call, hasRole, type Tx } from "@eshop/building-blocks/app/call"
import { command } from "@eshop/building-blocks/app/use-case"
import { LineOutcome, refusedLine } from "@eshop/building-blocks/uploads/run-upload"
import { BulkLine, bulkCategoriesUnknown } from "@eshop/domain/catalog/bulk-line"
import { productUnknown, variantUnknown } from "@eshop/domain/catalog/product"
import type { ProductContent } from "@eshop/domain/catalog/product-rules"
import {
  adjustStock as decideAdjustment,
  stockBelowReserved,
  stockBeyondCount,
} from "@eshop/domain/catalog/stock-adjustment"
import { defineRefusal, isRefusal, type Refusal, type RefusalOf } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { setPricesRefusals, writePrices } from "../prices/set-prices.ts"
import { addProduct } from "../products/create-product.ts"
import { discontinue } from "../products/discontinue-product.ts"
import { updateRefusals, writeContent } from "../products/update-product.ts"
import { adjust, INVENTORY_WRITE, lockLevel } from "../stock/adjust-stock.ts"
import { writeSafetyStock } from "../stock/set-safety-stock.ts"
import { locationUnknown } from "../stock/stock-locations.ts"
import { unlessOvertaken } from "../stock/unless-overtaken.ts"
import { type Chunk, type ChunkPorts, openChunk } from "./chunk.ts"

type Member<Name extends keyof BulkLine> = NonNullable<BulkLine[Name]>
type Effect = { readonly outcome: "created" | "changed" | "unchanged" }

const stockForbidden = defineRefusal(
  "stock.forbidden",
  "forbidden",
  `This needs the role '${INVENTORY_WRITE}'.`,
)

type LineRefusal = RefusalOf<typeof lineRefusals>
const lineRefusals = [
  ...updateRefusals,
  ...setPricesRefusals,
  bulkCategoriesUnknown,
  stockForbidden,
  locationUnknown,
  stockBelowReserved,
  stockBeyondCount,
] as const

/** Takes lines of an import the way that their routes would, so that events, trail, search and caches follow. */
export const importLines = command("catalog.import-lines", {
  input: z.array(BulkLine),
  result: z.array(LineOutcome),
  handle: (ports: ChunkPorts) => (lines, call) =>
    unlessOvertaken(ports, call, () =>
      call.commit(async (tx) => {
        const chunk = await openChunk(ports, tx, call, lines)
        const outcomes: LineOutcome[] = []
        for (const line of lines) {
          const taken = await take(chunk, tx, call, line)
          outcomes.push(isRefusal(taken) ? refusedLine(taken) : taken)
        }
        await chunk.write()
        return outcomes
      }),
    ),
})

/** @returns what became of a line; of one that is refused nothing is left in the chunk */
async function take(
  chunk: Chunk,
  tx: Tx,
  call: Call,
  { product, prices, stock, status }: BulkLine,
): Promise<Effect | LineRefusal> {
  if (product) return takeProduct(chunk, tx, call, product)
  if (prices) return takePrices(chunk, tx, call, prices)
  if (stock)
    return hasRole(call.caller, INVENTORY_WRITE) ? takeStock(chunk, tx, call, stock) : stockForbidden()
  return takeStatus(chunk, tx, call, status as Member<"status">)
}

async function takeProduct(chunk: Chunk, tx: Tx, call: Call, line: Member<"product">) {
  const { id, categories: slugs, ...rest } = line
  const unknown = slugs.filter((slug) => !chunk.category(slug))
  if (unknown.length > 0) return bulkCategoriesUnknown({ slugs: unknown })
  const draft = { ...rest, categories: slugs.map((slug) => chunk.category(slug)?.id as string) }
  const known = chunk.find(id === undefined ? { slug: rest.slug } : { id })
  if (known) {
    const contentFrom = ({ status }: ProductContent) => ({ ...draft, status })
    return effectOn(known, await writeContent(chunk.ports, tx, call, known.id, contentFrom))
  }
  const added = await addProduct(chunk.ports, tx, call, id ?? call.newId(), draft)
  return isRefusal(added) ? added : { outcome: "created" as const }
}

async function takePrices({ find, ports }: Chunk, tx: Tx, call: Call, line: Member<"prices">) {
  const known = find({ sku: line.sku })
  return known ? effectOn(known, await writePrices(ports, tx, call, known.id, line)) : variantUnknown()
}

async function takeStock({ ports }: Chunk, tx: Tx, call: Call, line: Member<"stock">) {
  const { sku, location, onHand } = line
  const level = await lockLevel(ports, tx, sku, location, call)
  if (isRefusal(level)) return level
  const { safetyStock = level.safetyStock } = line
  const counted = { type: "set", quantity: onHand } as const
  const decision = decideAdjustment(level, counted)
  if (isRefusal(decision)) return decision
  const count = () => {
    const adjustment = { ...counted, sku, location: level.location, reason: "import" }
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

async function takeStatus({ find, ports }: Chunk, tx: Tx, call: Call, { slug, status }: Member<"status">) {
  const known = find({ slug })
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
