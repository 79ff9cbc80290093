import type { Call, Tx } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import {
  checkChange,
  contentOf,
  type ProductContent,
  ProductDraft,
  productUnpriced,
  variantImageUnknown,
} from "@eshop/domain/catalog/product-rules"
import { ProductView, viewOf } from "@eshop/domain/catalog/view"
import { differenceOf } from "@eshop/domain/kernel/difference"
import { ProductId } from "@eshop/domain/kernel/ids"
import { isRefusal, type Refusal } from "@eshop/domain/kernel/refusal"
import { changeProduct, changeRefusals, contentRefusals, type ProductPorts } from "./change-product.ts"

export const updateRefusals = [
  ...changeRefusals,
  ...contentRefusals,
  variantImageUnknown,
  productUnpriced,
] as const

/**
 * Gives a product another content.
 * @param contentFrom what it is, of what it has been
 */
export async function writeContent<Content extends ProductContent | Refusal>(
  ports: ProductPorts,
  tx: Tx,
  call: Call,
  id: string,
  contentFrom: (before: ProductContent) => Content,
) {
  const product = await changeProduct(ports, tx, call, id, (before) => {
    const answer = contentFrom(contentOf(before))
    if (isRefusal(answer)) return answer
    const content = answer as ProductContent
    const change = differenceOf(contentOf(before), content)
    if (!change) return undefined
    return checkChange(before, content, call.now) ?? { action: "product.updated", change, content }
  })
  return isRefusal(product) ? product : viewOf(product, call.now)
}

/** Replaces a product's content: what it is called, what it consists of, and whether it is published. */
export const updateProduct = useCase("catalog.update-product", {
  input: ProductDraft.extend({ id: ProductId }),
  result: ProductView,
  refusals: updateRefusals,
  handle:
    (ports: ProductPorts) =>
    ({ id, ...content }, call) =>
      call.transact((tx) => writeContent(ports, tx, call, id, () => content)),
})
