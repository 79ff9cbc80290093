import { command } from "@eshop/building-blocks/app/use-case"
import { OrderId } from "@eshop/domain/kernel/ids"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import { EmailAddress } from "@eshop/domain/kernel/text"
import { readOrderNumber } from "@eshop/domain/ordering/order-number"
import * as z from "zod"
import { notify } from "../notices/notice.ts"
import type { NoticeQueue } from "../notices/ports.ts"
import type { EmailDigests } from "./email-digest.ts"
import type { LookupCounts, NamedOrder } from "./ports.ts"

/** So often within an hour an order, or an e-mail address, may be looked up; whether there is one does not matter. */
const MAX_LOOKUPS = 5
export const LOOKUP_WINDOW_SECONDS = 3_600

export const lookupTooOften = defineRefusal(
  "lookup.too-often",
  "too-many",
  "This order or this e-mail address was looked up too often; try again later.",
  z.object({ retryAfterSeconds: z.int() }),
)

/** The order as a person names it: 12 symbols, in which case and blanks do not count, or the id of a link. */
const named = z
  .string()
  .max(60)
  .transform((text, context): NamedOrder => {
    const id = OrderId.safeParse(text.trim())
    if (id.success) return { id: id.data }
    const number = readOrderNumber(text)
    if (number !== undefined) return { number }
    context.addIssue("Neither an order number nor an order id")
    return z.NEVER
  })
  .describe("The order's number, as its notices say it, or its id")

type Ports = { readonly notices: NoticeQueue; readonly emails: EmailDigests; readonly lookups: LookupCounts }

/**
 * Sends the way to an order to the e-mail address that it was placed with. The answer, what is done for it, and so the time
 * that it takes, are the same whether there is such an order or not: only whoever sends the notice finds out.
 */
export const lookUpOrder = command("ordering.look-up-order", {
  input: z.strictObject({ order: named, email: EmailAddress }),
  result: z.strictObject({ status: z.literal("accepted") }),
  refusals: [lookupTooOften],
  handle:
    (ports: Ports) =>
    ({ order, email }, call) =>
      call.commit(async (tx) => {
        const { emails, lookups } = ports
        const current = emails.of(email)
        const subjects = [`e-mail ${current.value}`, `order ${emails.ofText(JSON.stringify(order))}`]
        const { count, secondsLeft } = await lookups.count(tx, subjects, LOOKUP_WINDOW_SECONDS)
        if (count > MAX_LOOKUPS) return lookupTooOften({ retryAfterSeconds: secondsLeft })
        await notify(ports, tx, { kind: "order-link", order, emails: [...emails.all(email)] }, call)
        return { status: "accepted" as const }
      }),
})
