import { useCase } from "@eshop/building-blocks/app/use-case"
import { AuditRecord } from "@eshop/building-blocks/audit/audit"
import { Checkout } from "@eshop/domain/contracts/basket-events"
import { Address } from "@eshop/domain/contracts/checkouts"
import {
  getCustomerData as contract,
  customerData,
  FormerGuest,
  MAX_DATA_ENTRIES,
} from "@eshop/domain/contracts/customer-data"
import { CustomerId, OrderId } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { PrivacyPorts } from "./ports.ts"

const CheckoutData = z.strictObject({
  checkoutId: OrderId,
  checkedOutAt: z.iso.datetime(),
  checkout: Checkout,
  /** Absent once it was forgotten here; the order has it for longer. */
  shippingAddress: Address.optional(),
})

/** What Basket keeps of a customer. */
export const getCustomerData = useCase("basket.get-customer-data", {
  input: contract.input,
  result: z.strictObject({
    customerId: CustomerId,
    kinds: z.strictObject({
      carts: z.array(z.unknown()),
      checkouts: z.array(CheckoutData),
      trail: z.array(AuditRecord),
      guests: z.array(FormerGuest),
    }),
    cutShort: z.array(z.string()),
  }),
  handle:
    ({ customers, guestAccounts, carts, personalData, audit }: PrivacyPorts) =>
    async ({ customerId }) => {
      const limit = MAX_DATA_ENTRIES + 1
      const [cart, checkouts, personal, trail, guests] = await Promise.all([
        carts.current(customerId),
        customers.checkouts(customerId, limit),
        personalData.ofCustomer(customerId, limit),
        audit.list({ subject: `cart ${customerId}`, limit }),
        guestAccounts.guestsOf(customerId, limit),
      ])
      const addresses = new Map(personal.map(({ subject, data }) => [subject, Address.parse(data)]))
      return customerData(customerId, {
        carts: cart.version > 0 ? [cart] : [],
        checkouts: checkouts.map(({ checkout, checkedOutAt }) => {
          const shippingAddress = addresses.get(checkout.checkoutId)
          return {
            checkoutId: checkout.checkoutId,
            checkedOutAt: checkedOutAt.toISOString(),
            checkout,
            ...(shippingAddress && { shippingAddress }),
          }
        }),
        trail,
        guests,
      })
    },
})
