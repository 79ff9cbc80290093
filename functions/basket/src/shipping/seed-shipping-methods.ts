import { useCase } from "@eshop/building-blocks/app/use-case"
import type { ShippingMethod } from "@eshop/domain/basket/shipping"
import { usd } from "@eshop/domain/kernel/money"
import * as z from "zod"
import type { ShippingMethods } from "./ports.ts"

const everywhere = { taxCategory: "shipping", includesTax: true, version: 1 }

export const seedMethods: readonly ShippingMethod[] = [
  {
    ...everywhere,
    id: "standard",
    name: { en: "Standard", de: "Standard" },
    price: usd(4_90),
    freeFrom: usd(100_00),
    days: { min: 2, max: 4 },
  },
  {
    ...everywhere,
    id: "express",
    name: { en: "Express", de: "Express" },
    price: usd(14_90),
    days: { min: 1, max: 1 },
  },
]

/** The reference shop's shipping methods, where there is none at all: what a merchant removed stays away. */
export const seedShippingMethods = useCase("basket.seed-shipping-methods", {
  input: z.strictObject({}),
  result: z.void(),
  handle:
    ({ shippingMethods }: { shippingMethods: ShippingMethods }) =>
    (_, call) =>
      call.transact(async (tx) => {
        const known = await shippingMethods.lock(tx)
        if (known.length > 0) return
        for (const method of seedMethods) await shippingMethods.put(tx, method)
      }),
})
