import { setTimeout as delay } from "node:timers/promises"
import type {
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
  ServiceBusSessionReceiver,
} from "@azure/service-bus"
import type { HostRuntime, Invocation } from "../contract.ts"
import { isLinkOpen, release } from "./amqp-delivery.ts"
import type { ServiceBusOptions } from "./service-bus-options.ts"
import type { ServiceBusTrigger } from "./trigger-binding.ts"

/** What every listener of a trigger works with. */
export type ListenerContext = {
  host: HostRuntime
  trigger: ServiceBusTrigger
  options: ServiceBusOptions
  autoComplete: boolean
  /** A listener that takes no message for so long (ms) while messages wait reports an error. */
  silenceMs: number
  /** Reports a problem with the broker in one line, repeated ones at most every ten seconds. */
  report(action: string, error: unknown): void
}

export type Listener = {
  /** Takes no more messages, lets running invocations end, gives back what was not started. */
  stop(): Promise<void>
}

export type Receiver = ServiceBusReceiver | ServiceBusSessionReceiver

/** A locked message in hand. Exactly one of the four ways to let go of it is used. */
export type HeldMessage = {
  message: ServiceBusReceivedMessage
  complete(): Promise<void>
  abandon(): Promise<void>
  /** Returns a message that was not started; it does not count as a failed delivery. */
  giveBack(): Promise<void>
  /** Leaves the message to its lock, which expires. */
  leave(): void
  /** Extends the message's lock and gives its new end; sessions have a lock of their own. */
  renewLock(): Promise<Date>
}

/**
 * Receives messages as they come, at most `credit` in hand at once. `stop` resolves when no further message can
 * arrive; messages on their way are given back. `settler` gives the receiver that settles: another one when this
 * one's link has gone.
 */
export function openIntake(
  receiver: Receiver,
  credit: number,
  context: ListenerContext,
  handlers: { onMessage(held: HeldMessage): void; onError(): void; settler(): Receiver },
): { stop(): Promise<void> } {
  const inOrder = context.trigger.isSessionsEnabled
  let stopping = false

  function hold(message: ServiceBusReceivedMessage, letGo: () => void): HeldMessage {
    const settle = async (action: string, settlement: () => Promise<void>) => {
      const first = settlement()
      // Settlement and new credit share a write; a session must know the one before it asks for more.
      if (!inOrder) letGo()
      try {
        await retried(first, settlement, context.options.clientRetryOptions)
      } catch (error) {
        context.report(action, error)
      } finally {
        letGo()
      }
    }
    const held: HeldMessage = {
      message,
      complete: () => settle("Complete", () => handlers.settler().completeMessage(message)),
      abandon: () => settle("Abandon", () => handlers.settler().abandonMessage(message)),
      async giveBack() {
        if (release(message)) letGo()
        else await held.abandon()
      },
      leave: letGo,
      renewLock: () => (handlers.settler() as ServiceBusReceiver).renewMessageLock(message),
    }
    return held
  }

  const subscription = receiver.subscribe(
    {
      // The SDK grants the broker one more message whenever this promise settles.
      processMessage: (message) =>
        new Promise<void>((letGo) => {
          const held = hold(message, letGo)
          if (stopping) void held.giveBack()
          else handlers.onMessage(held)
        }),
      processError: async ({ errorSource, error }) => {
        if (stopping) return
        context.report(errorSource === "receive" ? "Receive" : errorSource, error)
        handlers.onError()
      },
    },
    { autoCompleteMessages: false, maxConcurrentCalls: credit },
  )
  return {
    async stop() {
      stopping = true
      await atMost(DRAIN_TIMEOUT_MS, subscription.close())
      // The SDK hands messages over from a timer: those that came with the drain are still to be given back.
      await delay(10)
    },
  }
}

/** The same message, with a call once it has been let go of, whichever way. */
export function whenLetGo(held: HeldMessage, then: () => void): HeldMessage {
  return {
    ...held,
    complete: () => held.complete().finally(then),
    abandon: () => held.abandon().finally(then),
    giveBack: () => held.giveBack().finally(then),
    leave() {
      held.leave()
      then()
    },
  }
}

/** A settlement, tried again while the broker says that it may be. The SDK's own retries are off: see createClients. */
async function retried(
  first: Promise<void>,
  again: () => Promise<void>,
  { maxRetries, delay: ms }: ServiceBusOptions["clientRetryOptions"],
): Promise<void> {
  let attempt = first
  for (let retry = 0; ; retry++) {
    try {
      return await attempt
    } catch (error) {
      if (!(error as { retryable?: boolean }).retryable || retry >= maxRetries) throw error
      await delay(ms)
      attempt = again()
    }
  }
}

/**
 * Whether a message that waited in hand may still be started. One whose link went or whose lock is over is
 * somebody else's by now: starting it would only process it twice.
 */
export function isStillHeld({ message }: HeldMessage, context: ListenerContext): boolean {
  if (!isLinkOpen(message)) return false
  if (message.sessionId !== undefined && context.trigger.isSessionsEnabled) return true
  if (message.lockedUntilUtc === undefined || message.lockedUntilUtc.getTime() > Date.now()) return true
  context.host.log.log(
    "warning",
    `Message ${message.messageId} of '${context.trigger.entityPath}' was prefetched and its lock expired before ` +
      `'${context.trigger.fn.name}' could start it; it is delivered again. A lower prefetchCount helps.`,
  )
  return false
}

/** Runs the function; true when it succeeded. The host prints the failure of an invocation. */
export async function invoke(
  context: ListenerContext,
  invocation: () => Pick<Invocation, "triggerValue" | "triggerMetadata" | "traceContext">,
): Promise<boolean> {
  const { host, trigger } = context
  let data: ReturnType<typeof invocation>
  try {
    data = invocation()
  } catch (error) {
    const reason = (error as Error).message
    host.log.log("error", `Exception while executing function: Functions.${trigger.fn.name}: ${reason}`)
    return false
  }
  try {
    const reason = `New ServiceBus message detected on '${trigger.entityPath}'.`
    await host.invoke({ function: trigger.fn, reason, ...data })
    return true
  } catch {
    return false
  }
}

/** Settles a message that the function has had. */
export function settle(held: HeldMessage, succeeded: boolean, context: ListenerContext): Promise<void> {
  if (!succeeded) return held.abandon()
  if (context.autoComplete) return held.complete()
  held.leave()
  return Promise.resolve()
}

/** Waits for settlements, but not for those whose answer was lost with the connection. */
export async function settled(settlements: Iterable<Promise<void>>): Promise<void> {
  await atMost(SETTLE_TIMEOUT_MS, Promise.all(settlements))
}

/**
 * Waits for the promise, but not longer than so many milliseconds: what the SDK closes while the broker is away
 * or coming back takes it up to a minute, and then goes on without anybody waiting. Failures to close are no news.
 */
export async function atMost(ms: number, promise: Promise<unknown>): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  await Promise.race([promise.catch(() => {}), over])
  clearTimeout(timer)
}

/** How long the broker may take to answer the last settlements, in milliseconds. */
const SETTLE_TIMEOUT_MS = 2000

/** How long the broker may take to send what it had granted already, in milliseconds. */
const DRAIN_TIMEOUT_MS = 3000

/** How long closing a link or a connection may hold up a stop, in milliseconds. */
export const CLOSE_TIMEOUT_MS = 1000
