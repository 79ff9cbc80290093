import { useCase } from "@eshop/building-blocks/app/use-case"
import * as z from "zod"
import type { Deliveries } from "./ports.ts"

/** Longer than any delivery is tried, and as long as somebody looks into the log. */
const DAYS = 30
const BATCH = 5_000

/** Forgets deliveries that nobody looks up any more. */
export const forgetDeliveries = useCase("ordering.forget-deliveries", {
  input: z.strictObject({}),
  result: z.strictObject({ forgotten: z.int() }),
  handle:
    ({ deliveries }: { readonly deliveries: Pick<Deliveries, "forgetOlderThan"> }) =>
    async () => {
      for (let forgotten = 0; ; ) {
        const some = await deliveries.forgetOlderThan(DAYS, BATCH)
        forgotten += some
        if (some < BATCH) return { forgotten }
      }
    },
})
