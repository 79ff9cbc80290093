import { ServiceBusClient, type ServiceBusMessage, type ServiceBusSender } from "@azure/service-bus"
import { azureCredential } from "../identity/azure-credential.ts"
import type { OutboxMessage } from "./outbox.ts"
import type { EventPublisher } from "./relay.ts"

const toMessage = ({ event }: OutboxMessage): ServiceBusMessage => ({
  messageId: event.id,
  subject: event.type,
  contentType: "application/cloudevents+json",
  body: event,
  ...(event.subject && { correlationId: event.subject }),
  // Diagnostic-Id is the name that the Functions host reads the trace context from.
  ...(event.traceparent && { applicationProperties: { "Diagnostic-Id": event.traceparent } }),
})

/** A client by the `ServiceBus` connection of the Functions host: a connection string, or a namespace and an identity. */
export function serviceBusClient(settings: {
  ServiceBus?: string
  ServiceBus__fullyQualifiedNamespace?: string
}): ServiceBusClient {
  const retryOptions = { timeoutInMs: 10_000, maxRetries: 2, retryDelayInMs: 500 }
  if (settings.ServiceBus) return new ServiceBusClient(settings.ServiceBus, { retryOptions })
  if (settings.ServiceBus__fullyQualifiedNamespace)
    return new ServiceBusClient(settings.ServiceBus__fullyQualifiedNamespace, azureCredential(), {
      retryOptions,
    })
  throw new Error("set ServiceBus (a connection string) or ServiceBus__fullyQualifiedNamespace")
}

/** Publishes CloudEvents in structured JSON to Service Bus topics; the message id is the event's id. */
export function serviceBusPublisher(client: ServiceBusClient): EventPublisher {
  const senders = new Map<string, ServiceBusSender>()
  const senderOf = (topic: string) => {
    const sender = senders.get(topic) ?? client.createSender(topic)
    senders.set(topic, sender)
    return sender
  }
  return {
    async publish(topic, messages) {
      const sender = senderOf(topic)
      let batch = await sender.createMessageBatch()
      for (const outboxMessage of messages) {
        const message = toMessage(outboxMessage)
        if (batch.tryAddMessage(message)) continue
        if (batch.count === 0) throw new Error(`event ${message.messageId} is larger than a message may be`)
        await sender.sendMessages(batch)
        batch = await sender.createMessageBatch()
        if (!batch.tryAddMessage(message))
          throw new Error(`event ${message.messageId} is larger than a message may be`)
      }
      if (batch.count > 0) await sender.sendMessages(batch)
    },
  }
}
