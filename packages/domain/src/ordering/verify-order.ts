import canonicalize from "canonicalize"
import { PriceProof, priceProofOf } from "../contracts/price-proof.ts"
import { checkTotals } from "../contracts/totals.ts"
import { isSame } from "../kernel/same.ts"
import { isPaid, type Order, replay } from "./order.ts"
import { type OrderEvent, readOrderEvent } from "./order-events.ts"
import { brokenLink, type StoredLink, type StreamHead } from "./stream-chain.ts"

/** An order as it lies in its store. */
export type StoredEvidence = {
  readonly orderId: string
  /** Its stream, in any order. */
  readonly links: readonly StoredLink[]
  /** The state beside the stream and the end that is kept with it; undefined when only the stream is there. */
  readonly stored?: { readonly order: Order; readonly head: StreamHead } | undefined
  /** The price proof, a compact JWS, as Basket signed it. */
  readonly proof?: string | undefined
}

/** What does not hold of an order: a stable code, and where. No personal data. */
export type EvidenceProblem = { readonly code: string; readonly detail: string }

/**
 * Whether an order is what its stream says, the stream what was written, and its sums right. The signature of its price
 * proof is not looked at here: whoever verifies it needs Basket's public keys alone.
 */
export function verifyOrder({ orderId, links, stored, proof }: StoredEvidence): EvidenceProblem[] {
  const broken = brokenLink(orderId, stored?.head, links)
  const problems: EvidenceProblem[] = broken
    ? [{ code: `stream.${broken.problem}`, detail: `at version ${broken.version}` }]
    : []
  const told = replayed(links)
  if ("unreadable" in told) return [...problems, { code: "stream.unreadable", detail: told.unreadable }]
  const { order } = told
  if (!isSame(order, stored?.order))
    problems.push({ code: "order.differs", detail: "from what its stream tells" })
  return order ? [...problems, ...sumsOf(order), ...proofOf(order, proof)] : problems
}

function replayed(links: readonly StoredLink[]): { order: Order | undefined } | { unreadable: string } {
  try {
    const sorted = [...links].sort((a, b) => a.version - b.version)
    return { order: replay(sorted.map(({ event }): OrderEvent => readOrderEvent(event))) }
  } catch (error) {
    return { unreadable: (error as Error).message }
  }
}

function sumsOf(order: Order): EvidenceProblem[] {
  const problems = checkTotals(order).map(({ path, message }) => ({
    code: "totals.disagree",
    detail: `${path.join(".")} ${message}`,
  }))
  if (isPaid(order) && !isSame(order.payment.captured, order.total))
    problems.push({ code: "totals.disagree", detail: "payment.captured is not the total" })
  return problems
}

/** Whether the proof is about this very order, amount by amount. */
function proofOf(order: Order, proof: string | undefined): EvidenceProblem[] {
  if (proof === undefined) return []
  const differs = [{ code: "price-proof.differs", detail: "from the order" }]
  const payload = Buffer.from(proof.split(".")[1] ?? "", "base64url").toString()
  let stated: PriceProof
  try {
    stated = PriceProof.parse(JSON.parse(payload))
  } catch {
    return [{ code: "price-proof.unreadable", detail: "is no price proof" }]
  }
  const made = priceProofOf({ ...order, checkoutId: order.id, paymentMethod: "" }, new Date(stated.issuedAt))
  return canonicalize(made) === canonicalize(stated) ? [] : differs
}
