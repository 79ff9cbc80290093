import {
  orderingReplayWebhookDeliveries,
  orderingReplayWebhookDelivery,
} from "@eshop/shop-client/generated/sdk.gen"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { getRouteApi, useNavigate } from "@tanstack/react-router"
import { answerOf } from "../../../../api/api.ts"
import { ConfirmButton } from "../../../../design/confirm-button.tsx"
import { Loading } from "../../../../design/loading.tsx"
import { ChoiceField } from "../../../parts/fields.tsx"
import { Moment } from "../../../parts/moment.tsx"
import { Pager, Table } from "../../../parts/table.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { t } from "./texts.ts"
import { type Delivery, deliveriesQuery, deliveryStates, webhooksKey } from "./webhooks.ts"

const route = getRouteApi("/back-office/webhooks/$id")
/** For so long deliveries are kept. */
const KEPT_MS = 30 * 86_400_000

/** So many are replayed by one request, at the most. */
const AT_ONCE = 10_000

const columns = [
  t("log.event"),
  t("log.made"),
  t("log.state"),
  { label: t("log.attempts"), isNumber: true },
  t("log.last"),
  t("log.replay"),
]

/** What was sent to a subscription, and how it went. */
export function DeliveryLog({ id }: { id: string }) {
  const { state, cursor } = route.useSearch()
  const navigate = useNavigate()
  const { data, error, refetch } = useQuery(deliveriesQuery(id, state, cursor))
  const options = deliveryStates.map((value) => [value as string, t(`delivery.${value}`)] as const)
  return (
    <section>
      <h2>{t("log.title")}</h2>
      <div className="filters">
        <ChoiceField
          label={t("log.state")}
          value={state ?? ""}
          choices={[["", t("log.any")], ...options]}
          onChange={(wanted) =>
            void navigate({
              to: "/back-office/webhooks/$id",
              params: { id },
              search: wanted === "" ? {} : { state: wanted },
            })
          }
        />
        <ReplayAll id={id} />
      </div>
      {error && <ProblemNotice error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.items.length === 0 && (
        <p className="empty">{t(state === undefined ? "log.none" : "log.none.state")}</p>
      )}
      {data && data.items.length > 0 && (
        <Table label={t("log.title")} columns={columns}>
          {data.items.map((delivery) => (
            <Row key={delivery.id} id={id} delivery={delivery} />
          ))}
        </Table>
      )}
      <Pager cursor={cursor} nextCursor={data?.nextCursor} />
    </section>
  )
}

const useLogAgain = (id: string) => {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: [...webhooksKey, id] })
}

/** Replays all that failed: as often as it takes, a part at a time. */
function ReplayAll({ id }: { id: string }) {
  const again = useLogAgain(id)
  const replay = useMutation({
    mutationFn: async () => {
      const now = Date.now()
      const body = { from: new Date(now - KEPT_MS).toISOString(), to: new Date(now).toISOString() }
      let count = 0
      for (;;) {
        const { replayed } = await answerOf(
          orderingReplayWebhookDeliveries({ path: { id }, body: { ...body, state: "failed" } }),
        )
        count += replayed
        if (replayed < AT_ONCE) return count
      }
    },
    onSettled: again,
  })
  return (
    <>
      <ConfirmButton
        label={t("log.replay-all")}
        title={t("log.replay-all.title")}
        says={t("log.replay-all.says")}
        confirm={t("log.replay-all.do")}
        isPending={replay.isPending}
        onConfirm={() => replay.mutate()}
      />
      <p role="status" className="hint">
        {replay.isSuccess && t("log.replay-all.done", { count: replay.data })}
      </p>
      {replay.error && <ProblemNotice error={replay.error} />}
    </>
  )
}

function Row({ id, delivery }: { id: string; delivery: Delivery }) {
  const again = useLogAgain(id)
  const replay = useMutation({
    mutationFn: () => answerOf(orderingReplayWebhookDelivery({ path: { id, deliveryId: delivery.id } })),
    onSettled: again,
  })
  const { type, createdAt, state, attempts, dueAt, lastAttempt } = delivery
  return (
    <tr>
      <td>
        {type}
        <small className="webhook-url">{delivery.id}</small>
      </td>
      <td>
        <Moment at={createdAt} />
      </td>
      <td>
        <span className={`status status-${state}`}>{t(`delivery.${state}`)}</span>
        {dueAt !== undefined && (
          <small className="webhook-url">
            {t("delivery.due")} <Moment at={dueAt} />
          </small>
        )}
      </td>
      <td className="number">{attempts}</td>
      <td>{lastAttempt && <Attempt attempt={lastAttempt} />}</td>
      <td>
        <button
          type="button"
          className="button button-quiet button-small"
          disabled={replay.isPending}
          onClick={() => replay.mutate()}
        >
          {t(state === "pending" ? "log.try" : "log.replay")}
        </button>
        <span role="status" className="hint">
          {replay.isSuccess && ` ${t("log.replayed")}`}
        </span>
        {replay.error && <ProblemNotice error={replay.error} />}
      </td>
    </tr>
  )
}

function Attempt({ attempt }: { attempt: NonNullable<Delivery["lastAttempt"]> }) {
  const { at, status, error = "", response, milliseconds: ms } = attempt
  return (
    <>
      <Moment at={at} />{" "}
      {status === undefined ? t("attempt.error", { error, ms }) : t("attempt.status", { status, ms })}
      {response !== undefined && <code className="webhook-url">{response}</code>}
    </>
  )
}
