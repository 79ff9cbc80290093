import { useCase } from "@eshop/building-blocks/app/use-case"
import { OrderId } from "@eshop/domain/kernel/ids"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import { orderUnknown } from "@eshop/domain/ordering/order-refusals"
import * as z from "zod"
import { maySee } from "../orders/get-order.ts"
import type { Orders } from "../orders/ports.ts"
import type { PriceProofs } from "./ports.ts"

const priceProofMissing = defineRefusal("price-proof.missing", "not-found", "The order has no price proof.")

/** How the price of an order came about, signed by Basket, whose `price-proof-keys` verify it. */
export const getPriceProof = useCase("ordering.get-price-proof", {
  input: z.strictObject({ id: OrderId }),
  result: z.strictObject({
    orderId: OrderId,
    proof: z.string().describe("Compact JWS (ES256) of the price's canonical JSON (RFC 8785)"),
  }),
  refusals: [orderUnknown, priceProofMissing],
  handle:
    ({ orders, proofs }: { orders: Orders; proofs: PriceProofs }) =>
    async ({ id }, call) => {
      const stored = await orders.find(id)
      if (!stored || !maySee(call, stored.order)) return orderUnknown()
      const proof = await proofs.find(id)
      return proof === undefined ? priceProofMissing() : { orderId: id, proof }
    },
})
