import type { OrderingGetTimelineResponse } from "@eshop/shop-client/generated/types.gen"
import { moment } from "../texts/format.ts"
import { hasText, t } from "../texts/texts.ts"

type Process = OrderingGetTimelineResponse["processes"][number]

/** What one of an order's processes waits for and until when; nothing of one that has ended, or that does what nobody need know. */
export function nextWords({ status, step, until, needsAttention }: Process): string | undefined {
  if (status !== "running") return undefined
  if (needsAttention) return t("next.needs-attention")
  const key = `next.${step}`
  return hasText(key) ? t(key, until === undefined ? {} : { at: moment(until) }) : undefined
}
