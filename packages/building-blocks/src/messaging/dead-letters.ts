import { CloudEvent } from "@eshop/domain/contracts/event"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { type App, get, post } from "../app/app.ts"
import type { Call } from "../app/call.ts"
import { useCase } from "../app/use-case.ts"
import { pageSize } from "../http/query.ts"
import { redacted } from "../redacted.ts"
import type { Store } from "../store/store.ts"
import { scrubbed } from "../telemetry/redaction.ts"
import type { ParkedMessage } from "./parked.ts"
import { byTopic } from "./subscription.ts"

/** A message that nothing handles any more until a person redrives it. */
export const DeadLetter = z.strictObject({
  /** parked: by the context itself, with its reason. broker: by Service Bus, after too many deliveries or too long. */
  store: z.enum(["parked", "broker"]),
  source: z.string(),
  eventId: z.string(),
  /** CloudEvents type; empty for what is no event. */
  type: z.string(),
  topic: z.string(),
  reason: z.string(),
  /** What else is known of the reason. */
  detail: z.string().optional(),
  /** What the event is about, e.g. an order's id. */
  subject: z.string().optional(),
  at: z.iso.datetime(),
  /** As it came, but for what a log line may not say; the beginning of its text where it is long. */
  body: z.unknown().optional(),
})
export type DeadLetter = z.infer<typeof DeadLetter>

/** The dead-letter queues of a context's subscriptions. */
export type DeadLetterQueue = {
  /** Oldest first. */
  peek(limit: number): Promise<readonly DeadLetter[]>
  /** How many there are of each topic; 100 for more. */
  counts(): Promise<Readonly<Record<string, number>>>
  /** Sends again what is wanted, to this context alone and under new message ids. @returns how many */
  redrive(wanted: (letter: DeadLetter) => boolean): Promise<number>
}

export type DeadLetterPorts = {
  readonly deadLetters: {
    readonly context: string
    /** Whether the context's subscriptions let this type in: another one would vanish. */
    readonly consumes: (type: string) => boolean
    readonly parked: Store["parked"]
    readonly outbox: Pick<Store["outbox"], "add">
    readonly queue: DeadLetterQueue
  }
}

/** The ports of {@link deadLetterRoutes} for an app. */
export function deadLetterPorts(
  app: App<never>,
  store: Pick<DeadLetterPorts["deadLetters"], "parked" | "outbox">,
  queueOf: (context: string, topics: readonly string[]) => DeadLetterQueue,
): DeadLetterPorts {
  const topics = byTopic(app.entries)
  const types = new Set([...topics.values()].flat().map(({ event }) => event.type))
  return {
    deadLetters: {
      context: app.name,
      consumes: (type) => types.has(type),
      parked: store.parked,
      outbox: store.outbox,
      queue: queueOf(app.name, [...topics.keys()]),
    },
  }
}

const letterOf = (message: ParkedMessage): DeadLetter => {
  const { source, eventId, type, topic, reason, detail, body, parkedAt } = message
  const subject = CloudEvent.safeParse(body).data?.subject
  return {
    store: "parked",
    source,
    eventId,
    type,
    topic,
    reason,
    ...(detail && { detail: scrubbed(detail) }),
    ...(subject && { subject }),
    at: parkedAt.toISOString(),
    body: redacted(body),
  }
}

const listDeadLetters = useCase("operations.list-dead-letters", {
  input: z.strictObject({ limit: pageSize }),
  result: z.strictObject({
    /** Those of each store that have waited longest. */
    letters: z.array(DeadLetter),
    parked: z.int().describe("How many are parked altogether"),
  }),
  handle:
    ({ deadLetters: { parked, queue } }: DeadLetterPorts) =>
    async ({ limit }) => {
      const [messages, count, letters] = await Promise.all([
        parked.list(limit),
        parked.count(),
        queue.peek(limit),
      ])
      return { letters: [...messages.map(letterOf), ...letters], parked: count }
    },
})

const deadLetterUnknown = defineRefusal("dead-letter.unknown", "not-found", "No such message waits here.")
const Counts = z.strictObject({
  parked: z.int().describe("Parked messages that are on their way again"),
  broker: z.int().describe("Messages of the dead-letter queue that are on their way again"),
  left: z.int().describe("Parked messages that nothing here would handle: they stay"),
})

const Which = z
  .strictObject({
    source: z.string().min(1).optional(),
    eventId: z.string().min(1).optional(),
    all: z.literal(true).optional(),
    /** With `all`: those alone that wait for this reason. */
    reason: z.string().min(1).optional(),
  })
  .refine(({ source, eventId, all, reason }) => (all ? !source && !eventId : source && eventId && !reason), {
    error: "Send source and eventId, or all (and a reason)",
  })

const PAGE = 100

/** Puts a parked message into the outbox again, under a new id and for this context alone. */
const redriveParked =
  ({ deadLetters: { context, parked, outbox } }: DeadLetterPorts) =>
  ({ source, eventId }: ParkedMessage, call: Call): Promise<boolean> =>
    call.transact(async (tx) => {
      const message = await parked.take(tx, source, eventId)
      if (!message) return false
      const event = CloudEvent.parse(message.body)
      await outbox.add(tx, [{ id: call.newId(), topic: message.topic, event, redriveTo: context }])
      return true
    })

const redriveDeadLetters = useCase("operations.redrive-dead-letters", {
  input: Which,
  result: Counts,
  refusals: [deadLetterUnknown],
  handle: (ports: DeadLetterPorts) => {
    const { parked, queue, consumes } = ports.deadLetters
    const redrive = redriveParked(ports)
    return async ({ source, eventId, all, reason }, call) => {
      const isWanted = (letter: DeadLetter) =>
        all ? !reason || letter.reason === reason : letter.source === source && letter.eventId === eventId
      const counts = { parked: 0, left: 0 }
      let position = 0
      for (;;) {
        const page = await parked.list(PAGE, position)
        for (const message of page) {
          position = message.position
          // What was parked since is what this redrive has sent and failed again.
          if (message.parkedAt > call.now || !isWanted(letterOf(message))) continue
          if (!consumes(message.type)) counts.left++
          else if (await redrive(message, call)) counts.parked++
        }
        if (page.length < PAGE) break
      }
      const broker = await queue.redrive((letter) => consumes(letter.type) && isWanted(letter))
      if (!all && counts.parked + counts.left + broker === 0) return deadLetterUnknown()
      return { ...counts, broker }
    }
  },
})

/** What waits for a person, in the context's own store and in the broker's dead-letter queue; for every app that consumes. */
export const deadLetterRoutes = [
  get("operations/dead-letters", listDeadLetters, { access: { role: "operations" } }),
  post("operations/dead-letters/redrive", redriveDeadLetters, { access: { role: "operations" } }),
] as const
