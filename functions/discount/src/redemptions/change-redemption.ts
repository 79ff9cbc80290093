import { setTimeout as sleep } from "node:timers/promises"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import type { Redemption } from "@eshop/domain/contracts/redemptions"
import type { Coupon } from "@eshop/domain/discount/coupon"
import { isRefusal, type Refusal } from "@eshop/domain/kernel/refusal"
import type { RedemptionState, Redemptions } from "./ports.ts"

const ATTEMPTS = 40
const LONGEST_PAUSE_MS = 250

/**
 * Tries a conditional write again until nobody else wrote in between.
 * @param attempt answers undefined when it was overtaken
 * @throws DependencyUnavailableError when there is no end to the others' writes
 */
export async function untilNotOvertaken<T>(
  coupon: Coupon,
  attempt: () => Promise<T | undefined>,
): Promise<T> {
  for (let tried = 0; tried < ATTEMPTS; tried++) {
    const result = await attempt()
    if (result !== undefined) return result
    await sleep(Math.random() * Math.min(5 * 2 ** tried, LONGEST_PAUSE_MS))
  }
  throw new DependencyUnavailableError(`coupon ${coupon.code}`)
}

/**
 * Reads, decides and writes until nobody else wrote in between. A decision that returns the redemption it got
 * changes nothing.
 */
export const changeRedemption = <R extends Refusal = never>(
  redemptions: Redemptions,
  coupon: Coupon,
  orderId: string,
  now: Date,
  decide: (state: RedemptionState) => Redemption | R,
): Promise<Redemption | R> =>
  untilNotOvertaken(coupon, async () => {
    const state = await redemptions.read(coupon, orderId)
    const next = decide(state)
    if (isRefusal(next) || next === state.existing) return next
    return (await redemptions.write(coupon, state, next as Redemption, now)) ? next : undefined
  })
