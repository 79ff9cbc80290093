import { setTimeout as sleep } from "node:timers/promises"
import type { Messages, PlannedFault, Script } from "./fault.ts"
import type { ShopView } from "./shop.ts"
import type { Switchboard } from "./switchboard.ts"

/** How far a replay has come. */
export type Replay = {
  state: "running" | "done" | "failed"
  readonly orders: number
  placed: number
  readonly faults: number
  /** Faults that struck where the script says. */
  struck: number
  /** Those that did not, once it is over. */
  missed: readonly PlannedFault[]
  /** Why it failed, in words. */
  reason?: string
}

const POLL_MS = 50
/** An order is asked for less often: each question that Ordering cannot answer is an error in its log. */
const ORDER_POLL_MS = 500
const PATIENCE_MS = 120_000
const LAST_STEP_MS = 3_000
const ended = new Set(["Paid", "Cancelled"])

/**
 * Places a script's orders one after the other, each as soon as the saga of the one before has begun: so the orders have the
 * same numbers, and each fault finds its place. Resolves when every order has ended and nothing is ahead.
 */
export async function replay(
  script: Script,
  { board, shop, passOn }: { board: Switchboard; shop: ShopView; passOn(messages: Messages): Promise<void> },
  progress: Replay,
): Promise<void> {
  board.begin(script)
  let messages: Messages = "as-sent"
  await passOn(messages)
  const ids: string[] = []
  for (const order of script.orders) {
    if (order.messages !== messages) await passOn(order.messages)
    messages = order.messages
    ids.push(await shop.place(order))
    progress.placed = ids.length
    const hasBegun = await until(async () => board.counted() >= ids.length, PATIENCE_MS)
    if (!hasBegun) throw new Error(`The saga of order ${ids.length} has not begun.`)
  }
  const count = () => {
    progress.struck = script.faults.length - board.missed().length
  }
  for (const [index, id] of ids.entries()) {
    const hasEnded = await until(
      async () => {
        count()
        return ended.has((await shop.hit(id)).status ?? "")
      },
      PATIENCE_MS,
      ORDER_POLL_MS,
    )
    if (!hasEnded) throw new Error(`Order ${index + 1} has not ended.`)
  }
  await passOn("as-sent")
  // An order ends within a step, whose own end may have a fault ahead.
  await until(async () => board.missed().length === 0, LAST_STEP_MS)
  count()
  progress.missed = board.missed()
}

/** Waits until it holds. @returns false when it does not in time */
async function until(holds: () => Promise<boolean>, patienceMs: number, pollMs = POLL_MS): Promise<boolean> {
  const deadline = Date.now() + patienceMs
  while (!(await holds())) {
    if (Date.now() > deadline) return false
    await sleep(pollMs)
  }
  return true
}
