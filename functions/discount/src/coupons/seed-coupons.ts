import { useCase } from "@eshop/building-blocks/app/use-case"
import { seedCoupons as seed } from "@eshop/domain/seed"
import * as z from "zod"
import type { Coupons } from "./ports.ts"

/** Adds the seed coupons that are missing; safe to run at every start. */
export const seedCoupons = useCase("discount.seed-coupons", {
  input: z.strictObject({}),
  result: z.strictObject({ added: z.int() }),
  handle:
    ({ coupons }: { coupons: Coupons }) =>
    async () => ({ added: await coupons.addMissing(seed) }),
})
