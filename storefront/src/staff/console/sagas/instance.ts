import type {
  OrderingGetInstanceResponse,
  OrderingListInstancesResponse,
} from "@eshop/shop-client/generated/types.gen"
import { t } from "../texts.ts"
import { ago, clock } from "../time.ts"

export type Instance = OrderingListInstancesResponse["items"][number]
export type WholeInstance = OrderingGetInstanceResponse
export type RuntimeStatus = Instance["runtimeStatus"]

/** How much somebody has to look at it: bad waits for a person, warn may, calm goes on by itself, over has ended. */
export type Tone = "bad" | "warn" | "calm" | "over"
export type Verdict = { readonly tone: Tone; readonly says: string }

/** A wait that is over is followed by something within moments. */
const OVERDUE_MS = 2 * 60_000
/** A saga that waits for nothing that it names moves at least so often. */
const STILL_MS = 5 * 60_000

const ended: readonly RuntimeStatus[] = ["Completed", "Failed", "Canceled", "Terminated"]
export const hasEnded = ({ runtimeStatus }: Pick<Instance, "runtimeStatus">): boolean =>
  ended.includes(runtimeStatus)

/** How an instance stands, in words. @param now milliseconds */
export function verdictOf({ runtimeStatus, position, createdAt, updatedAt }: Instance, now: number): Verdict {
  const says = position?.says
  switch (runtimeStatus) {
    case "Failed":
    case "Canceled":
      return { tone: "bad", says: t("verdict.failed", { says: says ?? t("verdict.no-word") }) }
    case "Terminated":
      return { tone: "over", says: t("verdict.terminated") }
    case "Completed":
      return { tone: "over", says: says ?? t("verdict.completed") }
    case "Suspended":
      return { tone: "warn", says: t("verdict.suspended", { ago: ago(updatedAt, now) }) }
    case "Pending":
      return now - Date.parse(createdAt) > OVERDUE_MS
        ? { tone: "warn", says: t("verdict.not-begun", { ago: ago(createdAt, now) }) }
        : { tone: "calm", says: t("verdict.pending") }
    default:
      break
  }
  if (position?.needsAttention) {
    const { step, attempt, waitsFor, since, until } = position
    const why = waitsFor === undefined ? t("verdict.fails") : t("verdict.waits-for", { waitsFor })
    const again = until === undefined ? "" : t("verdict.again", { clock: clock(until) })
    const known = { step, attempt: attempt ?? 1, why, again, ago: since === undefined ? "" : ago(since, now) }
    return { tone: "bad", says: t("verdict.stuck", known) }
  }
  const { until } = position ?? {}
  if (until !== undefined && now - Date.parse(until) > OVERDUE_MS)
    return { tone: "warn", says: t("verdict.overdue", { says: says ?? "", ago: ago(until, now) }) }
  if (until === undefined && now - Date.parse(updatedAt) > STILL_MS)
    return { tone: "warn", says: t("verdict.still", { says: says ?? "", ago: ago(updatedAt, now) }) }
  return { tone: "calm", says: says ?? t("verdict.runs") }
}

const rank: Readonly<Record<Tone, number>> = { bad: 0, warn: 1, calm: 2, over: 3 }

/** Those first that somebody has to look at, and among them those that began first. */
export const byUrgency = (instances: readonly Instance[], now: number): Instance[] =>
  instances.toSorted(
    (one, other) =>
      rank[verdictOf(one, now).tone] - rank[verdictOf(other, now).tone] ||
      one.createdAt.localeCompare(other.createdAt),
  )
