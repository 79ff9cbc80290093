import { useCase } from "@eshop/building-blocks/app/use-case"
import type { Sagas } from "@eshop/building-blocks/durable/saga-client"
import * as z from "zod"

const DAY_MS = 24 * 60 * 60_000
/** Histories are kept this long after their end. */
const KEPT_DAYS = 30
/**
 * How old the sagas are that a night looks at, in days after their start. A checkout has ended on the day that it began,
 * a fulfilment after weeks, and what takes half a year is rare: each is found once it has ended 30 days before.
 */
const LOOKED_AT_AGE_DAYS = [30, 50, 65, 90, 180, 365]
/** So that a night or two may be missed. */
const WINDOW_DAYS = 3

/**
 * Removes the histories of sagas that ended 30 days ago, from whatever task hub there is: those that started on a few
 * days, so that a night's work is bounded by what a few days bring.
 */
export const purgeSagas = useCase("ordering.purge-sagas", {
  input: z.strictObject({}),
  result: z.strictObject({ purged: z.int() }),
  handle:
    ({ sagas }: { readonly sagas: Sagas }) =>
    async (_, call) => {
      const daysAgo = (days: number) => new Date(call.now.getTime() - days * DAY_MS)
      let purged = 0
      for (const age of LOOKED_AT_AGE_DAYS)
        for (let day = 0; day < WINDOW_DAYS; day++)
          purged += await sagas.purgeEnded({
            startedFrom: daysAgo(age + day + 1),
            startedTo: daysAgo(age + day),
            endedBefore: daysAgo(KEPT_DAYS),
          })
      return { purged }
    },
})
