import { useCase } from "@eshop/building-blocks/app/use-case"
import { log } from "@eshop/building-blocks/telemetry/log"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import { EmailAddress, freeText, PersonName, paragraphs } from "@eshop/domain/kernel/text"
import * as z from "zod"
import type { EmailDigests } from "../access/email-digest.ts"
import type { LookupCounts } from "../access/ports.ts"
import { EFFORT_BITS, hasEffort } from "./effort.ts"
import type { ShopMailbox } from "./ports.ts"

/** So many messages an hour from one e-mail address, and from everybody together: what people can still read. */
const MAX_OF_ONE = 5
const MAX_OF_ALL = 300
const WINDOW_SECONDS = 3_600

export const contactTooOften = defineRefusal(
  "contact.too-often",
  "too-many",
  "There were too many messages; try again later.",
  z.object({ retryAfterSeconds: z.int() }),
)
export const contactEffortMissing = defineRefusal(
  "contact.effort-missing",
  "rule",
  ({ zeroBits }) => `SHA-256 of "id:nonce" must begin with ${zeroBits} zero bits.`,
  z.object({ zeroBits: z.int() }),
)
export const contactUnavailable = defineRefusal(
  "contact.unavailable",
  "unavailable",
  "Messages cannot be taken at the moment.",
)

type Ports = {
  readonly emails: EmailDigests
  readonly lookups: LookupCounts
  /** Absent where nobody would read what comes. */
  readonly mailbox?: ShopMailbox
}

/**
 * Hands a visitor's message to the people of the shop. It is stored nowhere: what the mailbox does not take is refused, and
 * whoever sends it again under its id sends it once.
 */
export const sendContactMessage = useCase("ordering.send-contact-message", {
  input: z.strictObject({
    id: z.uuid().describe("Made by the sender, by which a repetition is recognised"),
    name: PersonName,
    email: EmailAddress.describe("Where the answer goes"),
    order: freeText(60).optional().describe("The order that it is about, as somebody writes it"),
    text: paragraphs(4_000),
    nonce: z
      .int()
      .min(0)
      .describe(`SHA-256 of "id:nonce" begins with ${EFFORT_BITS} zero bits: the sender has worked for it`),
    website: z.string().max(200).optional().describe("People are not shown it: who fills it in is no person"),
  }),
  result: z.strictObject({ status: z.literal("accepted") }),
  refusals: [contactTooOften, contactEffortMissing, contactUnavailable],
  handle:
    ({ emails, lookups, mailbox }: Ports) =>
    async ({ nonce, website, order, ...message }, call) => {
      if (!hasEffort(message.id, nonce)) return contactEffortMissing({ zeroBits: EFFORT_BITS })
      if (!mailbox) return contactUnavailable()
      // A robot is told what a person is told, and learns nothing.
      if (website) return { status: "accepted" as const }
      const sender = `contact ${emails.ofText(`contact ${message.email.toLowerCase()}`)}`
      const counted = await call.transact(async (tx) => ({
        one: await lookups.count(tx, [sender], WINDOW_SECONDS),
        all: await lookups.count(tx, ["contact of all"], WINDOW_SECONDS),
      }))
      for (const [{ count, secondsLeft }, max] of [
        [counted.one, MAX_OF_ONE],
        [counted.all, MAX_OF_ALL],
      ] as const)
        if (count > max) return contactTooOften({ retryAfterSeconds: secondsLeft })
      try {
        await mailbox.take({ ...message, at: call.now.toISOString(), ...(order && { order }) })
      } catch (error) {
        // Never the message.
        log.warn("a message to the shop could not be taken", { fault: (error as Error).name })
        return contactUnavailable()
      }
      return { status: "accepted" as const }
    },
})
