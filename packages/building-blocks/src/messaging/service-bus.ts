import { ServiceBusClient, type ServiceBusMessage, type ServiceBusSender } from "@azure/service-bus"
import * as z from "zod"
import { azureCredential } from "../identity/azure-credential.ts"
import type { OutboxMessage } from "./outbox.ts"
import type { Broker } from "./relay.ts"
import { startSending } from "./send-spans.ts"

/** Settings of an app that publishes or consumes events: the `ServiceBus` connection of the Functions host. */
export const MessagingSettings = z.object({
  ServiceBus: z.string().optional(),
  ServiceBus__fullyQualifiedNamespace: z.string().optional(),
})

/**
 * The application property with the trace context of a message's sending; the event itself keeps that of what made it.
 * The Functions host, too, reads it by this name.
 */
export const SENT_UNDER = "Diagnostic-Id"

/** The application property that names the one context which a redriven message is for. */
export const REDRIVE_TO = "redrive-to"

const toMessage = (
  { id, event, redriveTo }: OutboxMessage,
  traceparent: string | undefined,
): ServiceBusMessage => ({
  messageId: id,
  subject: event.type,
  contentType: "application/cloudevents+json",
  body: event,
  ...(event.subject && { correlationId: event.subject }),
  applicationProperties: {
    ...(traceparent && { [SENT_UNDER]: traceparent }),
    ...(redriveTo && { [REDRIVE_TO]: redriveTo }),
  },
})

/** A client by the `ServiceBus` connection of the Functions host: a connection string, or a namespace and an identity. */
export function serviceBusClient(settings: z.infer<typeof MessagingSettings>): ServiceBusClient {
  const retryOptions = { timeoutInMs: 10_000, maxRetries: 2, retryDelayInMs: 500 }
  if (settings.ServiceBus) return new ServiceBusClient(settings.ServiceBus, { retryOptions })
  if (settings.ServiceBus__fullyQualifiedNamespace)
    return new ServiceBusClient(settings.ServiceBus__fullyQualifiedNamespace, azureCredential(), {
      retryOptions,
    })
  throw new Error("set ServiceBus (a connection string) or ServiceBus__fullyQualifiedNamespace")
}

/** Publishes CloudEvents in structured JSON to Service Bus topics. */
export function serviceBusBroker(client: ServiceBusClient): Broker {
  const senders = new Map<string, ServiceBusSender>()
  const senderOf = (topic: string) => {
    const sender = senders.get(topic) ?? client.createSender(topic)
    senders.set(topic, sender)
    return sender
  }
  return {
    async publish(topic, messages) {
      const sending = startSending(topic, messages)
      try {
        await sendBatches(
          senderOf(topic),
          messages.map((message) => toMessage(message, sending.traceparentOf(message))),
        )
        sending.ended()
      } catch (error) {
        sending.ended(error)
        throw error
      }
    },
    close: () => client.close(),
  }
}

/** As few batches as the messages fit into. */
async function sendBatches(sender: ServiceBusSender, messages: readonly ServiceBusMessage[]): Promise<void> {
  let batch = await sender.createMessageBatch()
  for (const message of messages) {
    if (batch.tryAddMessage(message)) continue
    if (batch.count === 0) throw new Error(`event ${message.messageId} is larger than a message may be`)
    await sender.sendMessages(batch)
    batch = await sender.createMessageBatch()
    if (!batch.tryAddMessage(message))
      throw new Error(`event ${message.messageId} is larger than a message may be`)
  }
  if (batch.count > 0) await sender.sendMessages(batch)
}
