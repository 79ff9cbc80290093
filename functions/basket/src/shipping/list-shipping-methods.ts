import { useCase } from "@eshop/building-blocks/app/use-case"
import { wholeNumber } from "@eshop/building-blocks/http/query"
import { offersFor, offersOf, ShippingMethod } from "@eshop/domain/basket/shipping"
import { CountryCode } from "@eshop/domain/kernel/ids"
import { Money, usd } from "@eshop/domain/kernel/money"
import * as z from "zod"
import type { ShippingMethods } from "./ports.ts"

/** The ways to ship to a country, the cheapest for a cart of this value first; at most fifty. */
export const listShippingMethods = useCase("basket.list-shipping-methods", {
  input: z.strictObject({
    country: CountryCode.optional().describe("Without one: what goes everywhere"),
    value: wholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER })
      .default(0)
      .describe("Of the cart before discounts, in minor units"),
    all: z
      .stringbool({ truthy: ["true"], falsy: ["false"] })
      .default(false)
      .describe("Every method, wherever it goes")
      .meta({ override: { type: "boolean" } }),
  }),
  result: z.strictObject({
    items: z.array(
      z.strictObject({ ...ShippingMethod.shape, priceForCart: Money.describe("For a cart of this value") }),
    ),
  }),
  handle:
    ({ shippingMethods }: { shippingMethods: ShippingMethods }) =>
    async ({ country, value, all }) => {
      const methods = await shippingMethods.all()
      const offers = all ? offersOf(methods, usd(value)) : offersFor(methods, country, usd(value))
      return { items: offers.map(({ method, price }) => ({ ...method, priceForCart: price })) }
    },
})
