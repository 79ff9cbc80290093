import { CheckField, TextField } from "../../../parts/fields.tsx"
import { t } from "./texts.ts"
import { type SubscriptionContent, types, type WebhookType } from "./webhooks.ts"

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
        required
        isCode
      />
      <TextField
        label={t("description")}
        value={content.description}
        onChange={(description) => change({ description })}
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

export const isComplete = ({ url, description, types: wanted }: SubscriptionContent): boolean =>
  url.trim() !== "" && description.trim() !== "" && wanted.length > 0
