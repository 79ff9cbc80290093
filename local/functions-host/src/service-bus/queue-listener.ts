import { setTimeout as delay } from "node:timers/promises"
import { createBatchDispatcher } from "./batch-dispatcher.ts"
import { atMost, CLOSE_TIMEOUT_MS, type Listener, type ListenerContext, openIntake } from "./listener.ts"
import { RECONNECT_DELAY_MS, type ServiceBusClients } from "./service-bus-clients.ts"
import { watchForSilence } from "./silence-watch.ts"
import { createSingleDispatcher } from "./single-dispatcher.ts"

/** The SDK's session buffer holds 2,048 unsettled messages. */
const MAX_CREDIT = 2000

/**
 * Listens to a queue or subscription without sessions. After every error of receiving a new client takes over: a
 * receiver whose first attach failed is left out of its client's cache, so its settlements go over `$management`, stay
 * unsettled on the link, and the SDK's buffer of 2,048 runs full.
 */
export function listenToQueue(
  context: ListenerContext,
  clients: Pick<ServiceBusClients, "openListening" | "discard">,
): Listener {
  const { trigger, options } = context
  const dispatcher = trigger.isBatch
    ? createBatchDispatcher(context)
    : createSingleDispatcher(context, options.maxConcurrentCalls)
  const atOnce = trigger.isBatch ? options.maxMessageBatchSize : options.maxConcurrentCalls
  const credit = Math.min(atOnce + options.prefetchCount, MAX_CREDIT)
  let stopping = false
  let failing = false
  let current = attach()
  const watch = watchForSilence(context, () => current.client)

  function attach() {
    const client = clients.openListening(trigger.connection)
    const receiver = client.createReceiver(trigger.entityPath, {
      receiveMode: "peekLock",
      skipParsingBodyAsJson: true,
      // Renewed here, from the start of an invocation on: a prefetched message keeps the lock it came with.
      maxAutoLockRenewalDurationInMs: 0,
    })
    const intake = openIntake(receiver, credit, context, {
      settler: () => current.receiver,
      onMessage(held) {
        if (failing) context.host.log.log("information", `Receiving from '${trigger.entityPath}' again.`)
        failing = false
        dispatcher.offer(watch.follow(held))
      },
      onError() {
        failing = true
        void replace()
      },
    })
    async function replace(): Promise<void> {
      await Promise.all([intake.stop(), delay(RECONNECT_DELAY_MS)])
      if (stopping) return
      current = attach()
      clients.discard(client)
    }
    return { client, receiver, intake }
  }

  return {
    async stop() {
      stopping = true
      watch.stop()
      // Both at once: the drain needs the broker, the dispatcher must start nothing meanwhile.
      await Promise.all([current.intake.stop(), dispatcher.stop()])
      await atMost(CLOSE_TIMEOUT_MS, current.receiver.close())
    },
  }
}
