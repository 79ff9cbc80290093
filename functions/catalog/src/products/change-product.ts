import { type Call, isStale, type Tx } from "@eshop/building-blocks/app/call"
import type { Audit } from "@eshop/building-blocks/audit/audit"
import { message, type Outbox, type OutboxMessage } from "@eshop/building-blocks/messaging/outbox"
import { type ProductStatus, productUnknown } from "@eshop/domain/catalog/product"
import {
  contentOf,
  type ProductContent,
  productCategoryUnknown,
  productStale,
  skuTaken,
  slugTaken,
} from "@eshop/domain/catalog/product-rules"
import { type PricedProduct, snapshotOf } from "@eshop/domain/catalog/snapshot"
import { ProductChanged } from "@eshop/domain/contracts/catalog-events"
import { isRefusal, type Refusal, type RefusalOf } from "@eshop/domain/kernel/refusal"
import { isSame } from "@eshop/domain/kernel/same"
import type { SearchIndex } from "../search/ports.ts"
import type { ProductWrites } from "./ports.ts"

export type ProductPorts = {
  readonly products: ProductWrites
  readonly searchIndex: SearchIndex
  readonly audit: Pick<Audit, "add">
  readonly outbox: Pick<Outbox, "add">
}

/** What is done to a product. */
export type ProductChange = {
  /** For the audit trail: `product.updated`. */
  readonly action: string
  /** For the audit trail. */
  readonly change: unknown
  /** What the product is from now on; absent where what changes lies beside it, such as a price. */
  readonly content?: ProductContent
  /** Its state from now on, where that alone changes. */
  readonly status?: ProductStatus
  /** What is told besides ProductChanged. */
  readonly events?: readonly OutboxMessage[]
}

/** What {@link changeProduct} may refuse by itself, */
export const changeRefusals = [productUnknown, productStale] as const
/** and besides when the product gets another content. */
export const contentRefusals = [slugTaken, skuTaken, productCategoryUnknown] as const
type ContentRefusal<Decision> = Decision extends { readonly content: ProductContent }
  ? RefusalOf<typeof contentRefusals>
  : never

/**
 * Changes a product, its variants or what belongs to them, in the caller's transaction: locks the product, lets its
 * version grow by one, writes the audit trail, tells the other contexts and lets the search find what is new. Every change
 * goes this way, so that none is told twice or not at all.
 * @param decide what is done, written by itself where it lies beside the product; undefined when nothing changes
 * @returns the product as it is now
 */
export async function changeProduct<Decision extends ProductChange | Refusal | undefined>(
  ports: ProductPorts,
  tx: Tx,
  call: Call,
  id: string,
  decide: (product: PricedProduct) => Decision | Promise<Decision>,
): Promise<
  PricedProduct | Extract<Decision, Refusal> | RefusalOf<typeof changeRefusals> | ContentRefusal<Decision>
> {
  const before = await ports.products.lock(tx, id)
  if (!before) return productUnknown()
  if (isStale(call, before.version)) return productStale()
  const decision = await decide(before)
  if (decision === undefined) return before
  if (isRefusal(decision)) return decision
  const done = decision as ProductChange
  const refused = await write(ports.products, tx, before, done, call.now)
  return refused ? (refused as ContentRefusal<Decision>) : tell(ports, tx, call, id, done)
}

/** Writes the product's next version. */
async function write(
  products: ProductWrites,
  tx: Tx,
  before: PricedProduct,
  { content = contentOf(before), status = content.status }: ProductChange,
  at: Date,
) {
  const { id, version } = before
  const stays = isSame(content.categories, before.categories)
  const path = stays ? before.categoryPath : await pathOf(products, tx, content.categories)
  if (isRefusal(path)) return path
  const next = { ...content, status, id, version: version + 1, updatedAt: at.toISOString() }
  return products.save(tx, next, path)
}

/** Writes down and tells what was done to a product. @returns the product as it is now */
export async function tell(
  { products, searchIndex, audit, outbox }: ProductPorts,
  tx: Tx,
  call: Pick<Call, "now" | "newId" | "caller">,
  id: string,
  { action, change, events = [] }: ProductChange,
): Promise<PricedProduct> {
  const product = await products.lock(tx, id)
  if (!product) throw new Error(`the product ${id}, which was just written, is not there`)
  await audit.add(tx, call, [{ subject: `product ${id}`, action, change }])
  await outbox.add(tx, [...events, message(ProductChanged, id, snapshotOf(product, call.now), call)])
  await searchIndex.refresh(tx, [id])
  return product
}

/** These categories and all that they lie under. */
export async function pathOf(products: ProductWrites, tx: Tx, categories: readonly string[]) {
  const path = await products.pathOf(tx, categories)
  const unknown = categories.filter((category) => !path.includes(category))
  return unknown.length > 0 ? productCategoryUnknown({ categories: unknown }) : path
}
