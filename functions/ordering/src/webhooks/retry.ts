import type { OutboundAnswer } from "@eshop/building-blocks/http/outbound-post"
import type { Attempt, DeliveryState } from "./delivery.ts"

/** Seconds from one attempt to the next (Standard Webhooks 1.0.0, "Deliverability and reliability"). */
const PAUSES = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
/** Each pause is up to this part shorter or longer, so that what failed together does not come back together. */
const JITTER = 0.1
const MAX_RETRY_AFTER_SECONDS = 86_400
const THROTTLE_SECONDS = 60
/** The receiver has more to do than it can; a timeout says the same. */
const OVERLOADED = new Set([429, 502, 504])

/** What an attempt leaves behind. */
export type AttemptRecord = {
  readonly state: DeliveryState
  /** Until the next attempt; 0 for none. */
  readonly delaySeconds: number
  readonly attempt: Omit<Attempt, "at">
}

/** What an attempt means for its delivery and its subscription. */
export type Verdict = Pick<AttemptRecord, "state" | "delaySeconds"> & {
  /** Nothing else is sent to the subscription for so long. */
  readonly throttleSeconds?: number
  /** The receiver is not there any more and says so (410). */
  readonly isGone?: true
}

/** Retry-After (RFC 9110 section 10.2.3) in seconds; undefined where it says neither seconds nor a date. */
export function retryAfterSeconds(header: string | undefined, now: Date): number | undefined {
  const said = header?.trim() ?? ""
  const at = said.endsWith(" GMT") ? Math.ceil((Date.parse(said) - now.getTime()) / 1_000) : Number.NaN
  const seconds = /^\d{1,9}$/.test(said) ? Number(said) : at
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), MAX_RETRY_AFTER_SECONDS)
}

/**
 * Judges an attempt.
 * @param attempts how many there were before
 * @param random between 0 and 1
 */
export function judge(attempts: number, answer: OutboundAnswer, now: Date, random: number): Verdict {
  const status = "status" in answer ? answer.status : undefined
  if (status !== undefined && status >= 200 && status < 300) return { state: "delivered", delaySeconds: 0 }
  if (status === 410) return { state: "failed", delaySeconds: 0, isGone: true }
  const asked = "status" in answer ? retryAfterSeconds(answer.retryAfter, now) : undefined
  const isOverloaded =
    (status !== undefined && OVERLOADED.has(status)) || ("error" in answer && answer.error === "timeout")
  const throttle = isOverloaded && { throttleSeconds: asked ?? THROTTLE_SECONDS }
  const pause = PAUSES[attempts]
  if (pause === undefined) return { state: "failed", delaySeconds: 0, ...throttle }
  const jittered = Math.round(pause * (1 + JITTER * (2 * random - 1)))
  return { state: "pending", delaySeconds: Math.max(jittered, asked ?? 0), ...throttle }
}

/** What of an answer goes into the log. */
export const attemptOf = (answer: OutboundAnswer, milliseconds: number): Omit<Attempt, "at"> =>
  "status" in answer
    ? { status: answer.status, ...(answer.text !== "" && { response: answer.text }), milliseconds }
    : { error: answer.error, milliseconds }
