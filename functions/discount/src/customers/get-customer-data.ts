import { useCase } from "@eshop/building-blocks/app/use-case"
import {
  getCustomerData as contract,
  customerData,
  MAX_DATA_ENTRIES,
} from "@eshop/domain/contracts/customer-data"
import { Redemption } from "@eshop/domain/contracts/redemptions"
import { CustomerId, OrderId } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { Customers } from "./ports.ts"

/** What Discount keeps of a customer: which orders counted, and the coupons that they used. */
export const getCustomerData = useCase("discount.get-customer-data", {
  input: contract.input,
  result: z.strictObject({
    customerId: CustomerId,
    kinds: z.strictObject({
      orders: z.array(
        z.strictObject({ orderId: OrderId, counts: z.boolean(), redemption: Redemption.optional() }),
      ),
    }),
    cutShort: z.array(z.string()),
  }),
  handle:
    ({ customers }: { customers: Customers }) =>
    async ({ customerId }) =>
      customerData(customerId, { orders: await customers.orders(customerId, MAX_DATA_ENTRIES + 1) }),
})
