import type { Call } from "@eshop/building-blocks/app/call"
import type { Sagas } from "@eshop/building-blocks/durable/saga-client"
import type { Attention } from "./attention.ts"
import { needsAttention } from "./position.ts"

/** More than ever need attention at once, where the list is looked after every minute. */
const BATCH = 100
/** What was noted down since then is left to its saga. */
const YOUNG_MS = 10 * 60_000

/**
 * Strikes out what needs nobody any more and could not say so: a saga that was terminated from outside, or whose last
 * word on it the store did not hear. @returns how many
 */
export async function strikeSettled(
  { attention, sagas }: { readonly attention: Attention; readonly sagas: Sagas },
  call: Call,
): Promise<number> {
  const noted = await attention.list(undefined, BATCH)
  let struck = 0
  for (const { instanceId, notedAt } of noted) {
    if (call.now.getTime() - notedAt.getTime() < YOUNG_MS) break
    if (await needsAttention(sagas, instanceId)) continue
    await call.transact((tx) => attention.strike(tx, instanceId))
    struck++
  }
  return struck
}
