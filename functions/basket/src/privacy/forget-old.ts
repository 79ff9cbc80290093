import { useCase } from "@eshop/building-blocks/app/use-case"
import * as z from "zod"
import type { PrivacyPorts } from "./ports.ts"

const DAY_MS = 86_400_000
/** Ordering has the address since the checkout; a message that was put aside for a person has gone on long before. */
const ADDRESS_DAYS = 30
/** Who wants to know what became of a cart asks within a year. */
const TRAIL_DAYS = 365
/** Rows of one short transaction. */
const CHUNK = 500

/** Forgets what Basket needs no longer: the addresses of checkouts, and the trails of carts. */
export const forgetOld = useCase("basket.forget-old", {
  input: z.strictObject({}),
  result: z.strictObject({ addresses: z.int(), trails: z.int() }),
  handle:
    ({ customers }: Pick<PrivacyPorts, "customers">) =>
    async (_, call) => {
      const daysAgo = (days: number) => new Date(call.now.getTime() - days * DAY_MS)
      const inChunks = async (forgetSome: () => Promise<number>): Promise<number> => {
        let forgotten = 0
        for (let some = CHUNK; some === CHUNK; forgotten += some) some = await forgetSome()
        return forgotten
      }
      return {
        addresses: await inChunks(() =>
          call.transact((tx) => customers.forgetAddresses(tx, daysAgo(ADDRESS_DAYS), CHUNK)),
        ),
        trails: await inChunks(() => customers.forgetTrails(daysAgo(TRAIL_DAYS), CHUNK)),
      }
    },
})
