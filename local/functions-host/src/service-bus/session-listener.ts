import { setTimeout as delay } from "node:timers/promises"
import type { ServiceBusClient, ServiceBusSessionReceiver } from "@azure/service-bus"
import { createBatchDispatcher } from "./batch-dispatcher.ts"
import {
  atMost,
  CLOSE_TIMEOUT_MS,
  type HeldMessage,
  type Listener,
  type ListenerContext,
  openIntake,
  whenLetGo,
} from "./listener.ts"
import { keepLocked } from "./lock-renewal.ts"
import { type SilenceWatch, watchForSilence } from "./silence-watch.ts"
import { createSingleDispatcher } from "./single-dispatcher.ts"

/** Pause after the broker refused or could not be reached. */
const RETRY_MS = 500

/**
 * Listens to the sessions of a queue or subscription: up to maxConcurrentSessions at once (one for batches),
 * each until no message came for sessionIdleTimeout. Messages of a session are taken one after another:
 * prefetchCount is not used, since a prefetched message would overtake one that is delivered again.
 */
export function listenToSessions(context: ListenerContext, client: ServiceBusClient): Listener {
  const { trigger, options } = context
  const stopping = new AbortController()
  const watch = watchForSilence(context, () => client)
  const stopped = new Promise<void>((resolve) =>
    stopping.signal.addEventListener("abort", () => resolve(), { once: true }),
  )

  async function acceptSessions(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const accepting = client.acceptNextSession(trigger.entityPath, {
          skipParsingBodyAsJson: true,
          maxAutoLockRenewalDurationInMs: 0,
        })
        const session = await Promise.race([accepting, stopped])
        if (session === undefined) {
          // A session that is accepted too late goes with the connection.
          accepting.catch(() => {})
          return
        }
        await serve(session, context, watch, stopped)
      } catch (error) {
        if (stopping.signal.aborted) return
        // No session with messages within the client's timeout: ask again.
        if (isTimeout(error)) continue
        context.report("AcceptSession", error)
        await delay(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {})
      }
    }
  }

  const loops = Array.from({ length: trigger.isBatch ? 1 : options.maxConcurrentSessions }, acceptSessions)
  return {
    async stop() {
      watch.stop()
      stopping.abort()
      await Promise.all(loops)
    },
  }
}

/** Takes the messages of a session until it is idle, lost or `stopped` resolves, and gives it back. */
async function serve(
  session: ServiceBusSessionReceiver,
  context: ListenerContext,
  watch: SilenceWatch,
  stopped: Promise<void>,
): Promise<void> {
  const { trigger, options } = context
  const log = (text: string) =>
    context.host.log.log(
      "debug",
      `Session ${text} (SessionId=${session.sessionId}, EntityPath=${trigger.entityPath})`,
    )
  log("initializing")
  const over = Promise.withResolvers<void>()
  const dispatcher = trigger.isBatch
    ? createBatchDispatcher(context)
    : createSingleDispatcher(context, options.maxConcurrentCallsPerSession)
  let inHand = 0
  let lastActivity = Date.now()
  let idle = setTimeout(over.resolve, options.sessionIdleTimeout)

  const onMessage = (held: HeldMessage) => {
    clearTimeout(idle)
    inHand++
    lastActivity = Date.now()
    dispatcher.offer(
      whenLetGo(watch.follow(held), () => {
        lastActivity = Date.now()
        if (--inHand === 0) idle = setTimeout(over.resolve, options.sessionIdleTimeout)
      }),
    )
  }
  const credit = trigger.isBatch ? options.maxMessageBatchSize : options.maxConcurrentCallsPerSession
  const intake = openIntake(session, credit, context, {
    onMessage,
    onError: over.resolve,
    settler: () => session,
  })
  const max = trigger.isBatch ? 0 : options.maxAutoLockRenewalDuration
  const endRenewal =
    max === 0
      ? () => {}
      : keepLocked({
          lockedUntil: session.sessionLockedUntilUtc,
          renew: () => session.renewSessionLock(),
          deadline: () => lastActivity + (max ?? Number.POSITIVE_INFINITY) + options.sessionIdleTimeout,
          onError(error) {
            context.report("RenewLock", error)
            over.resolve()
          },
        })
  await Promise.race([over.promise, stopped])
  await Promise.all([intake.stop(), dispatcher.stop()])
  endRenewal()
  clearTimeout(idle)
  log("closing")
  await atMost(CLOSE_TIMEOUT_MS, session.close())
}

function isTimeout(error: unknown): boolean {
  const code = (error as { code?: string }).code
  return code === "ServiceTimeout" || code === "OperationTimeoutError" || code === "SessionCannotBeLocked"
}
