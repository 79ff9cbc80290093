import { useCase } from "@eshop/building-blocks/app/use-case"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import type { Orders } from "../orders/ports.ts"
import type { DigestPorts } from "./digest-heads.ts"
import type { HeadLine } from "./ports.ts"

const AT_ONCE = 16
/** Problems that are told; more of them say nothing more. */
const MOST_TOLD = 100

const digestUnknown = defineRefusal("digest.unknown", "not-found", "There is no digest of this day.")

/** The days that have a digest. */
export const listDigests = useCase("ordering.list-digests", {
  input: z.strictObject({}),
  result: z.strictObject({ days: z.array(z.string()) }),
  handle:
    ({ digests }: DigestPorts) =>
    async () => ({ days: [...((await digests?.days()) ?? [])] }),
})

/** Whether each order still has, at the version of a day's digest, the event that it had then. */
export const verifyDigest = useCase("ordering.verify-digest", {
  input: z.strictObject({ day: z.iso.date() }),
  result: z.strictObject({
    day: z.string(),
    sha256: z.string(),
    previous: z.string().optional(),
    heads: z.int(),
    problems: z.array(z.strictObject({ orderId: z.string(), version: z.int() })),
  }),
  refusals: [digestUnknown],
  handle:
    ({ orders, digests }: DigestPorts) =>
    async ({ day }) => {
      const digest = await digests?.find(day)
      if (!digest) return digestUnknown()
      const problems: { orderId: string; version: number }[] = []
      const left = digest.heads.values()
      const worker = async () => {
        for (const head of left)
          if (!(await holds(orders, head))) problems.push({ orderId: head.orderId, version: head.version })
      }
      await Promise.all(Array.from({ length: AT_ONCE }, worker))
      const { sha256, previous, heads } = digest
      return {
        day,
        sha256,
        ...(previous !== undefined && { previous }),
        heads: heads.length,
        problems: problems.slice(0, MOST_TOLD),
      }
    },
})

const holds = async (orders: Orders, { orderId, version, hash }: HeadLine): Promise<boolean> =>
  (await orders.hashAt(orderId, version)) === hash
