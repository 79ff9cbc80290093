import * as z from "zod"
import { CountryCode, CustomerId, OrderId } from "../kernel/ids.ts"
import { EmailAddress, freeText, PersonName } from "../kernel/text.ts"
import { BasketCheckedOut, Checkout } from "./basket-events.ts"
import { defineRoute } from "./route.ts"

/** Postal address. Only what every country has is required. */
export const Address = z.object({
  firstName: PersonName,
  lastName: PersonName,
  emailAddress: EmailAddress,
  addressLine: freeText(200),
  country: CountryCode,
  state: freeText(60).optional(),
  zipCode: freeText(16).optional(),
})
export type Address = z.infer<typeof Address>

/** What Ordering asks about a checkout: its address, which no event says, and what its event will say. */
export const CheckoutDetails = z.object({
  checkoutId: OrderId,
  customerId: CustomerId,
  shippingAddress: Address,
  checkedOutAt: z.iso.datetime(),
  checkout: Checkout,
})
export type CheckoutDetails = z.infer<typeof CheckoutDetails>

/** Ordering asks Basket for the address of a checkout, and about one whose event has not come yet. */
export const getCheckout = defineRoute({
  method: "GET",
  path: "checkouts/{checkoutId}",
  input: z.strictObject({ checkoutId: OrderId }),
  answer: CheckoutDetails,
  example: {
    input: { checkoutId: "018f0000-0000-7000-8000-000000000001" },
    answer: {
      checkoutId: "018f0000-0000-7000-8000-000000000001",
      customerId: "58c49479-ec65-4de2-86e7-033c546291aa",
      shippingAddress: {
        firstName: "Mehmet",
        lastName: "Yılmaz",
        emailAddress: "mehmet@example.com",
        addressLine: "Bağdat Caddesi 1",
        country: "TR",
        state: "İstanbul",
        zipCode: "34710",
      },
      checkedOutAt: "2026-11-01T10:00:00.000Z",
      checkout: BasketCheckedOut.example,
    },
  },
})
