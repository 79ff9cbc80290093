import { useCase } from "@eshop/building-blocks/app/use-case"
import { ErasedCustomer } from "@eshop/building-blocks/personal-data/erased-customers"
import * as z from "zod"
import { forgetCustomer } from "./forget-customer.ts"
import type { ForgettingPorts } from "./ports.ts"

/**
 * Forgets customers again whom a store that was restored from a backup knows once more, here and in every other context.
 * Waits for nothing: when the backup was made an order may have been open that has long been closed. Said again it is
 * the same.
 */
export const eraseAgain = useCase("ordering.erase-again", {
  input: z.strictObject({ erasures: z.array(ErasedCustomer).min(1).max(100) }),
  result: z.strictObject({ erased: z.int() }),
  handle:
    (ports: ForgettingPorts) =>
    async ({ erasures }, call) => {
      for (const erased of erasures)
        await call.transact(async (tx) => {
          await ports.personalData.lock(tx, erased.customerId)
          await forgetCustomer(ports, tx, { by: erased.customerId, erased }, call)
        })
      await call.transact((tx) =>
        ports.audit.add(tx, call, [
          { subject: "erasures", action: "erasure.repeated", change: { customers: erasures.length } },
        ]),
      )
      return { erased: erasures.length }
    },
})
