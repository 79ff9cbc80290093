import { type HeldMessage, invoke, isStillHeld, type ListenerContext, settle, settled } from "./listener.ts"
import { batchMetadata, messageValues } from "./message-data.ts"
import type { Dispatcher } from "./single-dispatcher.ts"

/** How long a batch stays open after its first message while it is not full: the .NET receiver's pause. */
const LINGER_MS = 20

/**
 * Runs the function with batches of messages, one batch at a time: up to maxMessageBatchSize, at least
 * minMessageBatchSize unless maxBatchWaitTime is over. Locks of a batch are not renewed, as in the public
 * extension.
 */
export function createBatchDispatcher(context: ListenerContext): Dispatcher {
  const { maxMessageBatchSize: max, minMessageBatchSize: min, maxBatchWaitTime } = context.options
  const waiting: HeldMessage[] = []
  let stopping = false
  let check = () => {}

  /** Resolves when so many messages wait, the time is over, or the dispatcher stops. */
  function waitFor(count: number, timeout?: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        check = () => {}
        resolve()
      }
      const timer = timeout === undefined ? undefined : setTimeout(done, timeout)
      check = () => {
        if (waiting.length >= count || stopping) done()
      }
      check()
    })
  }

  async function run(): Promise<void> {
    while (!stopping) {
      await waitFor(1)
      await waitFor(max, LINGER_MS)
      if (waiting.length < min) await waitFor(min, maxBatchWaitTime)
      if (stopping) return
      const batch = waiting.splice(0, max).filter((held) => {
        const usable = isStillHeld(held, context)
        if (!usable) held.leave()
        return usable
      })
      if (batch.length > 0) await process(batch)
    }
  }

  async function process(batch: HeldMessage[]): Promise<void> {
    const messages = batch.map((held) => held.message)
    const succeeded = await invoke(context, () => ({
      triggerValue: messageValues(messages, context.trigger.isBinary),
      triggerMetadata: batchMetadata(messages),
    }))
    await settled(batch.map((held) => settle(held, succeeded, context)))
  }

  const loop = run()
  return {
    offer(held) {
      waiting.push(held)
      check()
    },
    async stop() {
      stopping = true
      check()
      await Promise.all(waiting.splice(0).map((held) => held.giveBack()))
      await loop
    },
  }
}
