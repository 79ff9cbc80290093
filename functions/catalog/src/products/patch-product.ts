import { useCase } from "@eshop/building-blocks/app/use-case"
import { ProductPatch, patchContent, productInvalid } from "@eshop/domain/catalog/product-rules"
import { ProductView } from "@eshop/domain/catalog/view"
import { ProductId } from "@eshop/domain/kernel/ids"
import type { ProductPorts } from "./change-product.ts"
import { updateRefusals, writeContent } from "./update-product.ts"

/** Changes some of a product by a JSON Merge Patch; the rest stays as it is. */
export const patchProduct = useCase("catalog.patch-product", {
  input: ProductPatch.extend({ id: ProductId }),
  result: ProductView,
  refusals: [...updateRefusals, productInvalid],
  handle:
    (ports: ProductPorts) =>
    ({ id, ...patch }, call) =>
      call.transact((tx) => writeContent(ports, tx, call, id, (content) => patchContent(content, patch))),
})
