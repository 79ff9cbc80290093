import { t } from "../texts.ts"
import type { Product } from "./products.ts"

/** Whether the shop shows a product. */
export const StatusBadge = ({ status }: { status: Product["status"] }) => (
  <span className={`state state-${status}`}>{t(`status.${status}`)}</span>
)
