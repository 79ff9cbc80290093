import { t } from "./texts.ts"
import type { Subscription } from "./webhooks.ts"

/** Whether something is sent, and if not, why not. */
export const WebhookBadge = ({ disabledFor }: Pick<Subscription, "disabledFor">) => (
  <span className={`status ${disabledFor ? "status-off" : "status-on"}`}>
    {disabledFor ? t(`disabled.${disabledFor}`) : t("state.on")}
  </span>
)
