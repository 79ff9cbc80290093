import { t } from "../texts/texts.ts"
import type { OrderStatus } from "./orders.ts"

/** Where an order stands, in a word. */
export const StatusBadge = ({ status }: { status: OrderStatus }) => (
  <span className={`status status-${status}`}>{t(`status.${status}`)}</span>
)
