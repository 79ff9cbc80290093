import { useCase } from "@eshop/building-blocks/app/use-case"
import * as z from "zod"
import type { Orders } from "../orders/ports.ts"
import type { Digests, HeadLine } from "./ports.ts"

const PAGE = 1_000
const DAY_MS = 24 * 60 * 60_000

export type DigestPorts = { readonly orders: Orders; readonly digests?: Digests | undefined }

const dayOf = (time: Date): string => time.toISOString().slice(0, 10)

/**
 * Keeps the ends of the streams that changed yesterday, and on the days before that have no digest yet, back to the last
 * one that was kept. An order that has changed again since is in the digest of a later day.
 */
export const digestHeads = useCase("ordering.digest-heads", {
  input: z.strictObject({}),
  result: z.strictObject({ digests: z.int(), heads: z.int() }),
  handle:
    ({ orders, digests }: DigestPorts) =>
    async (_, call) => {
      const counts = { digests: 0, heads: 0 }
      if (!digests) return counts
      const yesterday = new Date(`${dayOf(call.now)}T00:00:00Z`).getTime() - DAY_MS
      const last = (await digests.days()).at(-1)
      const first = last === undefined ? yesterday : new Date(`${last}T00:00:00Z`).getTime() + DAY_MS
      for (let from = first; from <= yesterday; from += DAY_MS) {
        const day = dayOf(new Date(from))
        const before = (await digests.days()).at(-1)
        const previous = before === undefined ? undefined : (await digests.find(before))?.sha256
        const heads = await headsWithin(orders, new Date(from), new Date(from + DAY_MS))
        if (!(await digests.add({ day, previous, heads }))) continue
        counts.digests += 1
        counts.heads += heads.length
      }
      return counts
    },
})

async function headsWithin(orders: Orders, from: Date, before: Date): Promise<HeadLine[]> {
  const heads: HeadLine[] = []
  for (;;) {
    const page = await orders.headsWithin(from, before, heads.at(-1)?.orderId, PAGE)
    heads.push(...page)
    if (page.length < PAGE) return heads
  }
}
