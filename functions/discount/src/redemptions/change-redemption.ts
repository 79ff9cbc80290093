import { setTimeout as sleep } from "node:timers/promises"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import type { Coupon } from "@eshop/domain/discount/coupon"
import type { Redemption } from "@eshop/domain/discount/redemption"
import { isRefusal, type Refusal } from "@eshop/domain/refusal"
import type { RedemptionState, Redemptions } from "./ports.ts"

const ATTEMPTS = 40
const LONGEST_PAUSE_MS = 250

/**
 * Reads, decides and writes until nobody else wrote in between. A decision that returns the redemption it got
 * changes nothing.
 * @throws DependencyUnavailableError when there is no end to the others' writes
 */
export async function changeRedemption(
  redemptions: Redemptions,
  coupon: Coupon,
  orderId: string,
  now: Date,
  decide: (state: RedemptionState) => Redemption | Refusal,
): Promise<Redemption | Refusal> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const state = await redemptions.read(coupon, orderId)
    const next = decide(state)
    if (isRefusal(next) || next === state.existing) return next
    if (await redemptions.write(coupon, state, next, now)) return next
    await sleep(Math.random() * Math.min(5 * 2 ** attempt, LONGEST_PAUSE_MS))
  }
  throw new DependencyUnavailableError(`coupon ${coupon.code}`)
}
