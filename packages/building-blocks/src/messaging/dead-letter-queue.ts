import type { ServiceBusClient, ServiceBusMessage, ServiceBusReceivedMessage } from "@azure/service-bus"
import { CloudEvent } from "@eshop/domain/contracts/event"
import { newId } from "../ids.ts"
import { redacted } from "../redacted.ts"
import { scrubbed } from "../telemetry/redaction.ts"
import type { DeadLetter, DeadLetterQueue } from "./dead-letters.ts"
import { REDRIVE_TO } from "./service-bus.ts"

const BATCH = 100
const EMPTY_AFTER_MS = 1_000
/** So many are looked at by one redrive: a lock lasts seconds, and those that stay are held by it until the end. */
const MOST_LOOKED_AT = 1_000

function letterOf(topic: string, message: ServiceBusReceivedMessage): DeadLetter {
  const { data: event } = CloudEvent.safeParse(message.body)
  return {
    store: "broker",
    source: event?.source ?? "unknown",
    eventId: event?.id ?? String(message.messageId),
    type: event?.type ?? "",
    topic,
    reason: message.deadLetterReason ?? "unknown",
    ...(message.deadLetterErrorDescription && { detail: scrubbed(message.deadLetterErrorDescription) }),
    ...(event?.subject && { subject: event.subject }),
    at: (message.enqueuedTimeUtc ?? new Date()).toISOString(),
    body: redacted(message.body),
  }
}

/** The same event under a new id, for the one context: under the old id duplicate detection would swallow it. */
function resent(message: ServiceBusReceivedMessage, context: string): ServiceBusMessage {
  const {
    DeadLetterReason: _,
    DeadLetterErrorDescription: __,
    ...properties
  } = message.applicationProperties ?? {}
  const { body, subject, contentType, correlationId } = message
  return {
    body,
    messageId: newId(),
    ...(subject && { subject }),
    ...(contentType && { contentType }),
    ...(correlationId && { correlationId }),
    applicationProperties: { ...properties, [REDRIVE_TO]: context },
  }
}

/**
 * The dead-letter queues of a context's Service Bus subscriptions.
 * @param connect makes a client, which is closed afterwards: one that has peeked goes on where it was the next time
 * @param topics that the context subscribes to
 */
export function serviceBusDeadLetters(
  connect: () => ServiceBusClient,
  context: string,
  topics: readonly string[],
): DeadLetterQueue {
  const receiverOf = (client: ServiceBusClient, topic: string) =>
    client.createReceiver(topic, context, { subQueueType: "deadLetter", receiveMode: "peekLock" })

  /** Does the work for each topic, with one client. */
  async function forEachTopic(
    work: (client: ServiceBusClient, topic: string) => Promise<void>,
  ): Promise<void> {
    const client = connect()
    try {
      for (const topic of topics) await work(client, topic)
    } finally {
      await client.close()
    }
  }

  return {
    async peek(limit) {
      const letters: DeadLetter[] = []
      await forEachTopic(async (client, topic) => {
        if (letters.length >= limit) return
        const messages = await receiverOf(client, topic).peekMessages(limit - letters.length)
        letters.push(...messages.map((message) => letterOf(topic, message)))
      })
      return letters
    },

    async counts() {
      const counts: Record<string, number> = {}
      await forEachTopic(async (client, topic) => {
        // Counted by looking: to be told the number, an app would have to be allowed to manage the namespace.
        counts[topic] = (await receiverOf(client, topic).peekMessages(BATCH)).length
      })
      return counts
    },

    async redrive(wanted) {
      let redriven = 0
      await forEachTopic(async (client, topic) => {
        const receiver = receiverOf(client, topic)
        const sender = client.createSender(topic)
        const left: ServiceBusReceivedMessage[] = []
        for (let looked = 0; looked < MOST_LOOKED_AT; ) {
          const messages = await receiver.receiveMessages(BATCH, { maxWaitTimeInMs: EMPTY_AFTER_MS })
          if (messages.length === 0) break
          looked += messages.length
          for (const message of messages) {
            if (!wanted(letterOf(topic, message))) {
              left.push(message)
              continue
            }
            // Sent before it is completed: whoever dies in between sends it twice, and the inbox takes it once.
            await sender.sendMessages(resent(message, context))
            await receiver.completeMessage(message)
            redriven++
          }
        }
        // A lock that has run out meanwhile has given its message back as well.
        await Promise.allSettled(left.map((message) => receiver.abandonMessage(message)))
      })
      return redriven
    },
  }
}
