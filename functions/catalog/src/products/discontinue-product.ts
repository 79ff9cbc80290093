import type { Call, Tx } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { message } from "@eshop/building-blocks/messaging/outbox"
import { ProductDiscontinued } from "@eshop/domain/contracts/catalog-events"
import { ProductId } from "@eshop/domain/kernel/ids"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { changeProduct, changeRefusals, type ProductPorts } from "./change-product.ts"

/** Ends the sale of a product in a transaction of the caller's. */
export const discontinue = (ports: ProductPorts, tx: Tx, call: Call, id: string) =>
  changeProduct(ports, tx, call, id, (before) => {
    if (before.status === "discontinued") return undefined
    const skus = before.variants.map(({ sku }) => sku)
    return {
      action: "product.discontinued",
      change: { from: before.status },
      status: "discontinued" as const,
      events: [message(ProductDiscontinued, id, { productId: id, skus }, call)],
    }
  })

/** Ends the sale of a product, which stays for the orders that name it; twice is as once. An update can bring it back. */
export const discontinueProduct = useCase("catalog.discontinue-product", {
  input: z.strictObject({ id: ProductId }),
  result: z.void(),
  refusals: changeRefusals,
  handle:
    (ports: ProductPorts) =>
    ({ id }, call) =>
      call.transact(async (tx) => {
        const product = await discontinue(ports, tx, call, id)
        return isRefusal(product) ? product : undefined
      }),
})
