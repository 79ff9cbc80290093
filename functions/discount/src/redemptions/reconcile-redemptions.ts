import { useCase } from "@eshop/building-blocks/app/use-case"
import { warn } from "@eshop/building-blocks/telemetry/observe"
import { reconcileRedemptions as contract, type Redemption } from "@eshop/domain/contracts/redemptions"
import { reconcileRedemption as decide } from "@eshop/domain/discount/redemption"
import { changeRedemption, untilNotOvertaken } from "./change-redemption.ts"
import type { RedemptionPorts } from "./ports.ts"

/** Brings redemptions, and the counts of their coupons, to what Ordering knows of its orders. */
export const reconcileRedemptions = useCase("discount.reconcile-redemptions", {
  input: contract.input,
  result: contract.answer,
  handle: (ports: RedemptionPorts) => async (input, call) => {
    const answer = { changed: 0, unchanged: 0, refused: 0 }
    for (const known of input.redemptions) answer[await reconcile(ports, known, call.now)]++
    for (const code of new Set(input.redemptions.map(({ couponCode }) => couponCode)))
      await recount(ports, code)
    return answer
  },
})

async function reconcile(
  { coupons, redemptions }: RedemptionPorts,
  known: Redemption,
  now: Date,
): Promise<"changed" | "unchanged" | "refused"> {
  const { orderId, couponCode } = known
  const coupon = await coupons.find(couponCode)
  // What does not exist is given back already.
  if (!coupon && known.status === "released") return "unchanged"
  if (!coupon || (await redemptions.bind(orderId, couponCode)) !== couponCode) {
    warn(`order ${orderId}: ${coupon ? "redeems another coupon than" : "there is no coupon"} ${couponCode}`)
    return "refused"
  }
  let changed = false
  await changeRedemption(redemptions, coupon, orderId, now, ({ existing }) => {
    const next = decide(existing, known)
    changed = next !== existing
    return next
  })
  return changed ? "changed" : "unchanged"
}

/** Only a coupon with a limit keeps a count. */
async function recount({ coupons, redemptions }: RedemptionPorts, code: string): Promise<void> {
  const coupon = await coupons.find(code)
  if (coupon?.maxRedemptions === undefined) return
  await untilNotOvertaken(coupon, async () => (await redemptions.recount(coupon)) || undefined)
}
