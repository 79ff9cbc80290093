import type { Call } from "@eshop/building-blocks/app/call"
import { command } from "@eshop/building-blocks/app/use-case"
import { Coupon, NewCoupon } from "@eshop/domain/discount/coupon"
import { couponExists, createCoupon as decide } from "@eshop/domain/discount/definitions"
import { sortOrderTaken } from "@eshop/domain/discount/promotion"
import { isRefusal, type RefusalOf } from "@eshop/domain/kernel/refusal"
import { changeDefinition } from "../rules/change-definition.ts"
import type { RulePorts } from "../rules/ports.ts"

/** Makes a coupon; made again word for word it is the same coupon. */
export const createCoupon = command("discount.create-coupon", {
  input: NewCoupon,
  result: Coupon,
  refusals: [couponExists, sortOrderTaken],
  handle: (ports: RulePorts) => (wanted, call) => call.commit(() => create(ports, wanted, call)),
})

export async function create(
  { store, rules }: RulePorts,
  wanted: Omit<Coupon, "version">,
  call: Call,
): Promise<Coupon | RefusalOf<[typeof couponExists, typeof sortOrderTaken]>> {
  const about = { key: wanted.code, sortOrder: wanted.stacking.sortOrder }
  const made = await changeDefinition({ definitions: store.coupons, rules }, about, call, (state) => {
    const change = decide(state, wanted)
    if (isRefusal(change) || change === "no-change") return change
    const entry = { subject: `coupon ${wanted.code}`, action: "coupon.created", change: change.next }
    return { ...change, entry }
  })
  return isRefusal(made) ? made : (made.definition as Coupon)
}
