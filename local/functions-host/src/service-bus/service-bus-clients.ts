import type * as Sdk from "@azure/service-bus"
import type {
  ServiceBusClient,
  ServiceBusClientOptions,
  ServiceBusMessage,
  ServiceBusSender,
} from "@azure/service-bus"
import type { Settings } from "../contract.ts"
import { atMost, CLOSE_TIMEOUT_MS } from "./listener.ts"
import type { ServiceBusOptions } from "./service-bus-options.ts"

/** A listener asks again this soon after the broker went: a restarted emulator is found within a second. */
export const RECONNECT_DELAY_MS = 500

/** The connections of the extension, opened when first used. */
export type ServiceBusClients = {
  /** A client for one listener: closing it ends what waits for a session or for the broker. */
  openListening(connection: string): ServiceBusClient
  /** Closes a listener's client for good, without waiting for it. */
  discard(client: ServiceBusClient): void
  /** Sends messages in order, as few batches as their sizes allow. */
  send(connection: string, entity: string, messages: ServiceBusMessage[]): Promise<void>
  close(): Promise<void>
}

export function createClients(
  sdk: typeof Sdk,
  settings: Settings,
  options: ServiceBusOptions,
): ServiceBusClients {
  const listening = new Set<ServiceBusClient>()
  const sending = new Map<string, ServiceBusClient>()
  const senders = new Map<string, ServiceBusSender>()

  const retry = options.clientRetryOptions
  const transport: ServiceBusClientOptions =
    options.transportType === "amqpWebSockets" ? { webSocketOptions: { webSocket: WebSocket } } : {}
  const open = (connection: string, retryOptions: ServiceBusClientOptions["retryOptions"]) =>
    new sdk.ServiceBusClient(settings.connection(connection), { ...transport, retryOptions })
  // Listeners try again themselves: the SDK's retry of a first attach runs beside its own reconnecting, and both attach.
  const openReceiving = (connection: string) =>
    open(connection, {
      mode: sdk.RetryMode.Fixed,
      maxRetries: 0,
      retryDelayInMs: Math.min(retry.delay, RECONNECT_DELAY_MS),
      timeoutInMs: retry.tryTimeout,
    })
  const openSending = (connection: string) =>
    open(connection, {
      mode: retry.mode === "fixed" ? sdk.RetryMode.Fixed : sdk.RetryMode.Exponential,
      maxRetries: retry.maxRetries,
      retryDelayInMs: retry.delay,
      maxRetryDelayInMs: retry.maxDelay,
      timeoutInMs: retry.tryTimeout,
    })

  return {
    openListening(connection) {
      const client = openReceiving(connection)
      listening.add(client)
      return client
    },
    discard(client) {
      listening.delete(client)
      client.close().catch(() => {})
    },
    async send(connection, entity, messages) {
      const sender = cached(senders, `${connection}\n${entity}`, () =>
        cached(sending, connection, () => openSending(connection)).createSender(entity),
      )
      const [first, ...others] = messages
      if (first !== undefined && others.length === 0) return await sender.sendMessages(first)
      let batch = await sender.createMessageBatch()
      for (const message of messages) {
        if (batch.tryAddMessage(message)) continue
        if (batch.count > 0) await sender.sendMessages(batch)
        batch = await sender.createMessageBatch()
        if (!batch.tryAddMessage(message)) {
          throw new Error(
            `A message for '${entity}' is larger than the ${batch.maxSizeInBytes} bytes allowed.`,
          )
        }
      }
      await sender.sendMessages(batch)
    },
    async close() {
      const clients = [...listening, ...sending.values()]
      listening.clear()
      sending.clear()
      senders.clear()
      await Promise.all(clients.map((client) => atMost(CLOSE_TIMEOUT_MS, client.close())))
    },
  }
}

function cached<V>(map: Map<string, V>, key: string, create: () => V): V {
  const found = map.get(key)
  if (found !== undefined) return found
  const created = create()
  map.set(key, created)
  return created
}
