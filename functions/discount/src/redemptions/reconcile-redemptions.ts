import { useCase } from "@eshop/building-blocks/app/use-case"
import { log } from "@eshop/building-blocks/telemetry/log"
import { reconcileRedemptions as contract, type Redemption } from "@eshop/domain/contracts/redemptions"
import { reconcileRedemption as decide } from "@eshop/domain/discount/redemption"
import { findCoupon } from "../coupons/find-coupon.ts"
import type { RedemptionPorts } from "./ports.ts"

type Ports = Pick<RedemptionPorts, "rules" | "redemptions">

/** Brings redemptions, and the counts of their coupons, to what Ordering knows of its orders. */
export const reconcileRedemptions = useCase("discount.reconcile-redemptions", {
  input: contract.input,
  result: contract.answer,
  handle: (ports: Ports) => async (input) => {
    const answer = { changed: 0, unchanged: 0, refused: 0 }
    for (const known of input.redemptions) answer[await reconcile(ports, known)]++
    for (const code of new Set(input.redemptions.map(({ couponCode }) => couponCode)))
      await recount(ports, code)
    return answer
  },
})

async function reconcile(
  { rules, redemptions }: Ports,
  known: Redemption,
): Promise<"changed" | "unchanged" | "refused"> {
  const { orderId, couponCode } = known
  const found = await findCoupon(rules, couponCode)
  // What does not exist is given back already.
  if (!found && known.status === "released") return "unchanged"
  const bound = found && (await redemptions.bind(orderId, { couponCode, series: found.coupon.code }))
  // A cancelled order is bound to none: it has given back what it may have had.
  if (bound && bound.series === undefined) return "unchanged"
  if (!found || bound?.couponCode !== couponCode) {
    log.warn(`${found ? "the order redeems another coupon than" : "there is no coupon"} ${couponCode}`, {
      orderId,
    })
    return "refused"
  }
  let changed = false
  const { coupon, suffix } = found
  const use = { orderId, suffix, limit: coupon.maxRedemptions }
  await redemptions.change(coupon.code, use, ({ existing }) => {
    const next = decide(existing, known)
    changed = next !== existing
    return next
  })
  return changed ? "changed" : "unchanged"
}

/** Only a coupon with a limit keeps a count. */
async function recount({ rules, redemptions }: Ports, code: string): Promise<void> {
  const found = await findCoupon(rules, code)
  if (found?.coupon.maxRedemptions !== undefined) await redemptions.recount(found.coupon.code)
}
