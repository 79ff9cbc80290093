import { useCase } from "@eshop/building-blocks/app/use-case"
import {
  getCustomerData as contract,
  customerData,
  MAX_DATA_ENTRIES,
} from "@eshop/domain/contracts/customer-data"
import { StockLines } from "@eshop/domain/contracts/stock-lines"
import { CustomerId, HoldId } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { Stock } from "../stock/ports.ts"

/** What Catalog keeps of a customer: the units that were set aside for their carts. */
export const getCustomerData = useCase("catalog.get-customer-data", {
  input: contract.input,
  result: z.strictObject({
    customerId: CustomerId,
    kinds: z.strictObject({
      holds: z.array(
        z.strictObject({
          holdId: HoldId,
          status: z.string(),
          lines: StockLines,
          madeAt: z.iso.datetime(),
          expiresAt: z.iso.datetime(),
        }),
      ),
    }),
    cutShort: z.array(z.string()),
  }),
  handle:
    ({ stock }: { stock: Stock }) =>
    async ({ customerId }) => {
      const holds = await stock.holds.ofCustomer(customerId, MAX_DATA_ENTRIES + 1)
      return customerData(customerId, {
        holds: holds.map(({ holdId, status, lines, madeAt, expiresAt }) => ({
          holdId,
          status,
          lines: [...lines],
          madeAt: madeAt.toISOString(),
          expiresAt: expiresAt.toISOString(),
        })),
      })
    },
})
