import {
  orderingDeleteWebhook,
  orderingPingWebhook,
  orderingRotateWebhookSecret,
} from "@eshop/shop-client/generated/sdk.gen"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import { answerOf } from "../../../../api/api.ts"
import { ConfirmButton } from "../../../../design/confirm-button.tsx"
import { ActionDialog } from "../../../parts/action-dialog.tsx"
import { NumberField } from "../../../parts/fields.tsx"
import { t as common } from "../../../parts/texts.ts"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { t } from "./texts.ts"
import { type Subscription, webhooksKey } from "./webhooks.ts"

type Props = { subscription: Subscription; onSecret: (secret: string) => void }

/** What is done to a subscription besides editing it. */
export function WebhookActions({ subscription, onSecret }: Props) {
  const { id, version } = subscription
  const client = useQueryClient()
  const navigate = useNavigate()
  const again = () => client.invalidateQueries({ queryKey: [...webhooksKey, id] })
  const ping = useMutation({
    mutationFn: () => answerOf(orderingPingWebhook({ path: { id } })),
    onSettled: again,
  })
  const remove = useMutation({
    mutationFn: () =>
      answerOf(orderingDeleteWebhook({ path: { id }, headers: { "If-Match": `"${version}"` } })),
    onSuccess: () => navigate({ to: "/back-office/webhooks" }),
    onError: again,
  })
  const error = ping.error ?? remove.error
  return (
    <section aria-label={t("title")}>
      <div className="actions">
        <button
          type="button"
          className="button button-quiet"
          disabled={ping.isPending}
          onClick={() => ping.mutate()}
        >
          {t("ping")}
        </button>
        <ActionDialog label={t("secret.rotate")} title={t("secret.rotate.title")}>
          {(close) => <RotateForm subscription={subscription} close={close} onSecret={onSecret} />}
        </ActionDialog>
        <ConfirmButton
          label={t("delete")}
          title={t("delete.title")}
          says={t("delete.says")}
          confirm={t("delete.confirm")}
          isPending={remove.isPending}
          onConfirm={() => remove.mutate()}
        />
      </div>
      <p role="status" className="hint">
        {ping.isSuccess && t("ping.done")}
      </p>
      {error && <ProblemNotice error={error} />}
    </section>
  )
}

function RotateForm({ subscription, close, onSecret }: Props & { close: () => void }) {
  const { id, version } = subscription
  const client = useQueryClient()
  const [overlapHours, setOverlapHours] = useState(24)
  const rotate = useMutation({
    mutationFn: () =>
      answerOf(
        orderingRotateWebhookSecret({
          path: { id },
          body: { overlapHours },
          headers: { "If-Match": `"${version}"` },
        }),
      ),
    // Sent again it would be stale, and the secret that was made would have been seen by nobody.
    retry: false,
    onSuccess: ({ secret }) => {
      onSecret(secret)
      close()
    },
    onSettled: () => client.invalidateQueries({ queryKey: [...webhooksKey, id] }),
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        rotate.mutate()
      }}
    >
      <p>{t("secret.rotate.says")}</p>
      <NumberField
        label={t("secret.rotate.hours")}
        hint={t("secret.rotate.hours.hint")}
        value={overlapHours}
        onChange={setOverlapHours}
        pointer="/overlapHours"
        min={0}
        max={168}
        required
      />
      {rotate.error && <ProblemNotice error={rotate.error} />}
      <div className="actions">
        <button type="submit" className="button button-danger" disabled={rotate.isPending}>
          {t("secret.rotate.do")}
        </button>
        <button type="button" className="button button-quiet" onClick={close}>
          {common("dialog.back")}
        </button>
      </div>
    </form>
  )
}
