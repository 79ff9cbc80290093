import type { ServiceBusClient } from "@azure/service-bus"
import { createBatchDispatcher } from "./batch-dispatcher.ts"
import { atMost, CLOSE_TIMEOUT_MS, type Listener, type ListenerContext, openIntake } from "./listener.ts"
import { createSingleDispatcher } from "./single-dispatcher.ts"

/** The SDK's session buffer holds 2,048 unsettled messages. */
const MAX_CREDIT = 2000

/** Listens to a queue or subscription without sessions. */
export function listenToQueue(context: ListenerContext, client: ServiceBusClient): Listener {
  const { trigger, options } = context
  const receiver = client.createReceiver(trigger.entityPath, {
    receiveMode: "peekLock",
    skipParsingBodyAsJson: true,
    // Renewed here, from the start of an invocation on: a prefetched message keeps the lock it came with.
    maxAutoLockRenewalDurationInMs: 0,
  })
  const dispatcher = trigger.isBatch
    ? createBatchDispatcher(context)
    : createSingleDispatcher(context, receiver, options.maxConcurrentCalls)
  const atOnce = trigger.isBatch ? options.maxMessageBatchSize : options.maxConcurrentCalls
  const intake = openIntake(receiver, Math.min(atOnce + options.prefetchCount, MAX_CREDIT), context, {
    onMessage: dispatcher.offer,
  })
  return {
    async stop() {
      // Both at once: the drain needs the broker, the dispatcher must start nothing meanwhile.
      await Promise.all([intake.stop(), dispatcher.stop()])
      await atMost(CLOSE_TIMEOUT_MS, receiver.close())
    },
  }
}
