import type { Chance, Fault, Point } from "./fault.ts"
import { pick, pickOne } from "./seed.ts"

const SHORT_SECONDS = 2

/** The same on every machine: what may be missing on one of them (Redis) or forgets data when it dies (Azurite) is not here. */
const faults: readonly [Fault, ...Fault[]] = [
  { kind: "payment", what: "declined" },
  { kind: "webhook", what: "late" },
  { kind: "webhook", what: "twice" },
  { kind: "webhook", what: "never" },
  ...(["ordering", "catalog", "basket", "payments", "servicebus"] as const).map(
    (part): Fault => ({ kind: "killed", part }),
  ),
  ...(["ordering", "payments", "servicebus"] as const).map(
    (part): Fault => ({ kind: "frozen", part, seconds: SHORT_SECONDS }),
  ),
]

const PAYMENT: Point = { place: "before", activity: "authorise-payment" }
/** Where every order comes by on its way to the payment. */
const points: readonly [Point, ...Point[]] = [
  PAYMENT,
  { place: "after", activity: "authorise-payment" },
  { place: "before", activity: "capture-payment" },
  { place: "after", activity: "capture-payment" },
]

/** What chance has in store for an order, and where; nothing for most. @param order its number, from 1 */
export function drawn({ seed, percent }: Chance, order: number): { fault: Fault; point: Point } | undefined {
  if (pick(seed, `whether order ${order} is hit`, 100) >= percent) return undefined
  const fault = pickOne(seed, `fault of order ${order}`, faults)
  const isOfPayment = fault.kind === "payment" || fault.kind === "webhook"
  return { fault, point: isOfPayment ? PAYMENT : pickOne(seed, `place of order ${order}`, points) }
}
