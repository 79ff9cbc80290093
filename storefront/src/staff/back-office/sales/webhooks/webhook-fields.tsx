import { CheckField, TextField } from "../../../parts/fields.tsx"
import type { Places } from "../../../parts/mistakes.tsx"
import { t } from "./texts.ts"
import { type SubscriptionContent, types, type WebhookType } from "./webhooks.ts"

/** Where refusals belong that name no member. */
export const webhookPlaces: Places = { "webhook.url-refused": () => ["/url"] }

type Props = {
  content: SubscriptionContent
  change: (members: Partial<SubscriptionContent>) => void
}

/** Where and what a subscription is sent. */
export function WebhookFields({ content, change }: Props) {
  const toggle = (type: WebhookType, isOn: boolean) =>
    change({ types: types.filter((one) => (one === type ? isOn : content.types.includes(one))) })
  return (
    <>
      <TextField
        label={t("url")}
        hint={t("url.hint")}
        type="url"
        value={content.url}
        onChange={(url) => change({ url })}
        pointer="/url"
        maxLength={2_048}
        required
        isCode
      />
      <TextField
        label={t("description")}
        value={content.description}
        onChange={(description) => change({ description })}
        pointer="/description"
        maxLength={200}
        required
      />
      <fieldset className="choices type-choices">
        <legend>{t("types")}</legend>
        {types.map((type) => (
          <CheckField
            key={type}
            label={t(`type.${type}`)}
            value={content.types.includes(type)}
            onChange={(isOn) => toggle(type, isOn)}
          />
        ))}
      </fieldset>
    </>
  )
}

/** Whether it is about anything; what its fields lack they say themselves. */
export const isComplete = ({ types: wanted }: SubscriptionContent): boolean => wanted.length > 0
