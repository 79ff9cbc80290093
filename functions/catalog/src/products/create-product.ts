import type { Call, Tx } from "@eshop/building-blocks/app/call"
import { command } from "@eshop/building-blocks/app/use-case"
import { message } from "@eshop/building-blocks/messaging/outbox"
import {
  checkContent,
  type ProductContent,
  ProductDraft,
  variantImageUnknown,
} from "@eshop/domain/catalog/product-rules"
import { ProductView, viewOf } from "@eshop/domain/catalog/view"
import { ProductCreated } from "@eshop/domain/contracts/catalog-events"
import { DEFAULT_LANGUAGE, inLanguage } from "@eshop/domain/kernel/localised-text"
import { isRefusal, type RefusalOf } from "@eshop/domain/kernel/refusal"
import { contentRefusals, type ProductPorts, pathOf, tell } from "./change-product.ts"

const creationRefusals = [...contentRefusals, variantImageUnknown] as const

/** Adds a product, which nobody sees before it is published; its variants get their prices and their stock afterwards. */
export const createProduct = command("catalog.create-product", {
  input: ProductDraft.omit({ status: true }),
  result: ProductView,
  refusals: creationRefusals,
  handle: (ports: ProductPorts) => (input, call) =>
    call.commit((tx) => addProduct(ports, tx, call, call.newId(), input)),
})

/** Adds a draft in a transaction of the caller's. */
export async function addProduct(
  ports: ProductPorts,
  tx: Tx,
  call: Call,
  id: string,
  draft: Omit<ProductContent, "status">,
): Promise<ProductView | RefusalOf<typeof creationRefusals>> {
  const content = { ...draft, status: "draft" as const }
  const broken = checkContent(content)
  if (broken) return broken
  const path = await pathOf(ports.products, tx, content.categories)
  if (isRefusal(path)) return path
  const product = { ...content, id, version: 1, updatedAt: call.now.toISOString() }
  const taken = await ports.products.add(tx, product, path)
  if (taken) return taken
  const created = message(
    ProductCreated,
    id,
    {
      productId: id,
      name: inLanguage(content.name, DEFAULT_LANGUAGE),
      slug: content.slug,
      skus: content.variants.map(({ sku }) => sku),
    },
    call,
  )
  const change = { action: "product.created", change: content, events: [created] }
  return viewOf(await tell(ports, tx, call, id, change), call.now)
}
