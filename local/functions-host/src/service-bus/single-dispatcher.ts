import { type HeldMessage, invoke, isStillHeld, type ListenerContext, settle, settled } from "./listener.ts"
import { keepLocked } from "./lock-renewal.ts"
import { messageMetadata, messageValue, traceContext } from "./message-data.ts"

export type Dispatcher = {
  offer(held: HeldMessage): void
  /** Starts nothing more: gives back what waits, then waits for what runs and its settlement. */
  stop(): Promise<void>
}

/** Runs the function once per message, at most `concurrency` at once, in the order of arrival. */
export function createSingleDispatcher(context: ListenerContext, concurrency: number): Dispatcher {
  const waiting: HeldMessage[] = []
  const running = new Set<Promise<void>>()
  const settlements = new Set<Promise<void>>()
  let stopping = false

  function startNext(): void {
    while (!stopping && running.size < concurrency) {
      const held = waiting.shift()
      if (held === undefined) return
      if (!isStillHeld(held, context)) {
        held.leave()
        continue
      }
      const run = process(held).finally(() => {
        running.delete(run)
        startNext()
      })
      running.add(run)
    }
  }

  async function process(held: HeldMessage): Promise<void> {
    const { message } = held
    const endRenewal = renewal(held)
    const succeeded = await invoke(context, () => {
      const triggerValue = messageValue(message, context.trigger.isBinary)
      return {
        triggerValue,
        triggerMetadata: messageMetadata(message, triggerValue),
        traceContext: traceContext(message),
      }
    })
    endRenewal()
    // Not awaited: the place is free for the next message while the broker answers.
    const settlement = settle(held, succeeded, context).finally(() => settlements.delete(settlement))
    settlements.add(settlement)
  }

  function renewal(held: HeldMessage): () => void {
    const max = context.options.maxAutoLockRenewalDuration
    // A session's lock covers its messages and is renewed by the session listener.
    if (max === 0 || context.trigger.isSessionsEnabled) return () => {}
    const until = Date.now() + (max ?? Number.POSITIVE_INFINITY)
    return keepLocked({
      lockedUntil: held.message.lockedUntilUtc,
      renew: () => held.renewLock(),
      deadline: () => until,
      onError: (error) => context.report("RenewLock", error),
    })
  }

  return {
    offer(held) {
      waiting.push(held)
      startNext()
    },
    async stop() {
      stopping = true
      await Promise.all(waiting.splice(0).map((held) => held.giveBack()))
      await Promise.all(running)
      await settled(settlements)
    },
  }
}
