import "../sales.css"
import { orderingCreateWebhook } from "@eshop/shop-client/generated/sdk.gen"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useState } from "react"
import { answerOf } from "../../../../api/api.ts"
import { Loading } from "../../../../design/loading.tsx"
import { Page } from "../../../../design/page.tsx"
import { ActionDialog } from "../../../parts/action-dialog.tsx"
import { MistakesOf } from "../../../parts/mistakes.tsx"
import { Moment } from "../../../parts/moment.tsx"
import { Table } from "../../../parts/table.tsx"
import { t as common } from "../../../parts/texts.ts"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { SecretNotice } from "./secret-notice.tsx"
import { WebhookBadge } from "./state-badge.tsx"
import { t } from "./texts.ts"
import { isComplete, WebhookFields, webhookPlaces } from "./webhook-fields.tsx"
import { type SubscriptionContent, webhooksKey, webhooksQuery } from "./webhooks.ts"

const columns = [t("column.receiver"), t("column.types"), t("column.success"), t("column.state")]

export function WebhooksPage() {
  const { data, error, refetch } = useQuery(webhooksQuery)
  const [secret, setSecret] = useState<string>()
  return (
    <Page title={t("title")} className="sales">
      <p>{t("says")}</p>
      <p>
        <ActionDialog label={t("new")} title={t("new")} isMain>
          {(close) => (
            <NewSubscription
              close={close}
              onMade={(made) => {
                setSecret(made)
                close()
              }}
            />
          )}
        </ActionDialog>
      </p>
      {secret !== undefined && <SecretNotice secret={secret} />}
      {error && <ProblemNotice error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.items.length === 0 && <p className="empty">{t("none")}</p>}
      {data && data.items.length > 0 && (
        <Table label={t("title")} columns={columns}>
          {data.items.map(({ id, url, description, types, lastSuccessAt, disabledFor }) => (
            <tr key={id}>
              <td>
                <Link to="/back-office/webhooks/$id" params={{ id }} className="row-link">
                  {description}
                </Link>
                <small className="webhook-url">{url}</small>
              </td>
              <td>{types.join(", ")}</td>
              <td>{lastSuccessAt === undefined ? t("never") : <Moment at={lastSuccessAt} />}</td>
              <td>
                <WebhookBadge {...(disabledFor && { disabledFor })} />
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Page>
  )
}

const nothing: SubscriptionContent = { url: "", description: "", types: ["order.paid"] }

function NewSubscription({ close, onMade }: { close: () => void; onMade: (secret: string) => void }) {
  const client = useQueryClient()
  const [content, setContent] = useState(nothing)
  const create = useMutation({
    mutationFn: () => answerOf(orderingCreateWebhook({ body: content })),
    // Sent again it would be a second subscription: the kept answer of a key would hold the secret.
    retry: false,
    onSuccess: ({ secret }) => onMade(secret),
    onSettled: () => client.invalidateQueries({ queryKey: webhooksKey }),
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        create.mutate()
      }}
    >
      <MistakesOf error={create.error} places={webhookPlaces}>
        <WebhookFields content={content} change={(members) => setContent({ ...content, ...members })} />
      </MistakesOf>
      {create.error && <ProblemNotice error={create.error} />}
      <div className="actions">
        <button type="submit" className="button" disabled={create.isPending || !isComplete(content)}>
          {t("new.do")}
        </button>
        <button type="button" className="button button-quiet" onClick={close}>
          {common("dialog.back")}
        </button>
      </div>
    </form>
  )
}
