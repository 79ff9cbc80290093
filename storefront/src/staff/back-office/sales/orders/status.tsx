import type { FoundOrder, OrderStatus } from "./orders.ts"
import { t } from "./texts.ts"

/** Where an order stands, in a word. */
export const StatusBadge = ({ status }: { status: OrderStatus }) => (
  <span className={`status status-${status}`}>{t(`status.${status}`)}</span>
)

/** What waits for a person. */
export const AttentionBadges = ({ reasons }: { reasons: FoundOrder["needsAttention"] }) =>
  reasons.map((reason) => (
    <span key={reason} className="status status-attention">
      {t(`attention.${reason}`)}
    </span>
  ))
