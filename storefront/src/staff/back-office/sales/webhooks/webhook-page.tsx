import "../sales.css"
import { orderingUpdateWebhook } from "@eshop/shop-client/generated/sdk.gen"
import { useQuery } from "@tanstack/react-query"
import { getRouteApi } from "@tanstack/react-router"
import { useState } from "react"
import { ApiError, answerOf } from "../../../../api/api.ts"
import { Loading } from "../../../../design/loading.tsx"
import { Page } from "../../../../design/page.tsx"
import { CheckField } from "../../../parts/fields.tsx"
import { MistakesOf } from "../../../parts/mistakes.tsx"
import { Moment } from "../../../parts/moment.tsx"
import { t as common } from "../../../parts/texts.ts"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { useEdit } from "../discounts/use-edit.ts"
import { DeliveryLog } from "./delivery-log.tsx"
import { SecretNotice } from "./secret-notice.tsx"
import { WebhookBadge } from "./state-badge.tsx"
import { t } from "./texts.ts"
import { WebhookActions } from "./webhook-actions.tsx"
import { isComplete, WebhookFields, webhookPlaces } from "./webhook-fields.tsx"
import { type Subscription, webhookQuery } from "./webhooks.ts"

const route = getRouteApi("/back-office/webhooks/$id")

/** One subscription: what it is sent, its secret, and what became of everything that was sent. */
export function WebhookPage() {
  const { id } = route.useParams()
  const { data, error, refetch } = useQuery(webhookQuery(id))
  const [secret, setSecret] = useState<string>()
  if (!data) {
    if (!error) return <Loading />
    const isUnknown = error instanceof ApiError && error.problem.status === 404
    return (
      <Page title={t("title")} className="sales">
        {isUnknown ? <p>{t("unknown")}</p> : <ProblemNotice error={error} again={() => void refetch()} />}
      </Page>
    )
  }
  return (
    <Page title={data.description} className="sales">
      <p className="order-standing">
        <WebhookBadge {...(data.disabledFor && { disabledFor: data.disabledFor })} />
        <code>{data.url}</code>
      </p>
      {data.disabledFor && <p className="notice">{t(`disabled.says.${data.disabledFor}`)}</p>}
      {data.oldSecretUntil !== undefined && (
        <p className="hint">
          {t("secret.old")} <Moment at={data.oldSecretUntil} />
        </p>
      )}
      {secret !== undefined && <SecretNotice secret={secret} />}
      <WebhookActions subscription={data} onSecret={setSecret} />
      <DeliveryLog id={id} />
      <Edited key={id} stored={data} />
    </Page>
  )
}

const contentOf = ({ url, description, types, enabled }: Subscription) => ({
  url,
  description,
  types,
  enabled,
})

function Edited({ stored }: { stored: Subscription }) {
  const { id } = stored
  const edit = useEdit(stored, webhookQuery(id).queryKey, contentOf, (body, base) =>
    answerOf<Subscription>(
      orderingUpdateWebhook({ path: { id }, body, headers: { "If-Match": `"${base.version}"` } }),
    ),
  )
  const { form } = edit
  return (
    <form
      className="command webhook-form"
      onSubmit={(event) => {
        event.preventDefault()
        edit.save()
      }}
    >
      <MistakesOf error={edit.error} places={webhookPlaces}>
        <WebhookFields content={form} change={edit.change} />
      </MistakesOf>
      <CheckField
        label={t("enabled")}
        value={form.enabled}
        onChange={(enabled) => edit.change({ enabled })}
      />
      {edit.isStale && (
        <section className="notice" role="alert">
          <p>
            <strong>{common("stale.title")}.</strong> {t("stale.says")}
          </p>
          <div className="actions">
            <button type="button" className="button" onClick={edit.keepMine}>
              {t("stale.mine")}
            </button>
            <button type="button" className="button button-quiet" onClick={edit.takeTheirs}>
              {t("stale.theirs")}
            </button>
          </div>
        </section>
      )}
      {edit.error && !edit.isStale && <ProblemNotice error={edit.error} />}
      <div className="actions">
        <button
          type="submit"
          className="button"
          disabled={edit.isSaving || edit.isStale || !isComplete(form)}
        >
          {t("save")}
        </button>
        <span role="status">{edit.isSaved && t("saved")}</span>
      </div>
    </form>
  )
}
