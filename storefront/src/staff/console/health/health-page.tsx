import "../console.css"
import "./health.css"
import {
  basketOperationsGetHealth,
  catalogOperationsGetHealth,
  discountOperationsGetHealth,
  orderingOperationsGetHealth,
} from "@eshop/shop-client/generated/sdk.gen"
import type { OrderingOperationsGetHealthResponse } from "@eshop/shop-client/generated/types.gen"
import { useQueries, useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { ApiError, answerOf } from "../../../api/api.ts"
import { Page } from "../../../design/page.tsx"
import { inUtc } from "../../parts/local-time.ts"
import { ProblemNotice } from "../../problem-notice.tsx"
import { wordsFor } from "../../problem-words.ts"
import { LiveBar, useLive, useNow } from "../live.tsx"
import { lettersQuery } from "../messages/letters.ts"
import { type Context, contexts } from "../messages/letters-search.ts"
import { t } from "../texts.ts"
import { ago, span } from "../time.ts"

type Health = OrderingOperationsGetHealthResponse

const asks = {
  catalog: catalogOperationsGetHealth,
  basket: basketOperationsGetHealth,
  discount: discountOperationsGetHealth,
  ordering: orderingOperationsGetHealth,
} as const satisfies Record<Context, unknown>

/** Every app with what it depends on and what it has waiting. */
export function HealthPage() {
  const live = useLive()
  const now = useNow()
  const answers = useQueries({
    queries: contexts.map((context) => ({
      queryKey: ["health", context],
      queryFn: () => answerOf(asks[context]()),
      refetchInterval: live.refetchInterval,
      // What does not answer is shown as that, at once.
      retry: false,
    })),
  })
  const [first] = answers
  if (first?.error instanceof ApiError && first.error.problem.status === 403)
    return (
      <Page title={t("health.title")}>
        <ProblemNotice error={first.error} />
      </Page>
    )
  const isKnown = answers.every(({ isPending }) => !isPending)
  const unwell = contexts.filter(
    (_, index) => answers[index]?.data?.status !== "ready" || answers[index]?.error,
  )
  const canWork = answers.every(({ data, error }) => !error && data?.status !== "unavailable")
  return (
    <Page title={t("health.title")}>
      <LiveBar live={live} updatedAt={Math.max(...answers.map((one) => one.dataUpdatedAt))} now={now} />
      {isKnown && (
        <p className={`notice attention ${toneOf(unwell.length, canWork)}`} role="status">
          <strong>
            {unwell.length > 0 ? t("health.bad", { names: unwell.join(", ") }) : t("health.good")}
          </strong>
        </p>
      )}
      <ul className="health">
        {contexts.map((context, index) => {
          const { data, error } = answers[index] ?? {}
          return (
            <AppHealth
              key={context}
              {...{ context, now, error, refetchInterval: live.costlyInterval }}
              health={error ? undefined : data}
            />
          )
        })}
      </ul>
      <p className="hint">{t("health.since-note")}</p>
    </Page>
  )
}

function toneOf(unwell: number, canWork: boolean): string {
  if (unwell === 0) return "notice-good"
  return canWork ? "" : "notice-problem"
}

const tones = { ready: "over", degraded: "warn", unavailable: "bad" } as const

function AppHealth(props: {
  context: Context
  health: Health | undefined
  error: unknown
  now: number
  refetchInterval: number | false
}) {
  const { context, health, error, now, refetchInterval } = props
  const tone = error ? "bad" : health ? tones[health.status] : "calm"
  return (
    <li className={`app-health app-health-${tone}`}>
      <h2>
        {context}{" "}
        {(error !== undefined && error !== null) || health ? (
          <span className={`state state-${tone}`}>{t(`health.${health?.status ?? "away"}`)}</span>
        ) : null}
      </h2>
      {error ? <p>{wordsFor(error)}</p> : null}
      {health && (
        <dl className="health-facts">
          <dt>{t("health.dependencies")}</dt>
          <dd>
            <ul>
              {Object.entries(health.dependencies).map(([name, { state, since }]) => (
                <li key={name} className={`dependency-${state}`}>
                  {name}: <strong>{t(`health.${state}`)}</strong>{" "}
                  <span className="hint" title={inUtc(since)}>
                    {t("health.since", { ago: ago(since, now) })}
                  </span>
                </li>
              ))}
            </ul>
          </dd>
          <dt>{t("health.outbox")}</dt>
          <dd>{outboxInWords(health)}</dd>
          <dt>{t("health.parked")}</dt>
          <dd>{parkedInWords(health)}</dd>
          <dt>{t("health.dead")}</dt>
          <dd>
            <DeadLettered context={context} refetchInterval={refetchInterval} />
          </dd>
        </dl>
      )}
    </li>
  )
}

function outboxInWords({ outbox }: Health): string {
  if (!outbox) return t("health.no-outbox")
  const { pending, oldestSeconds } = outbox
  return pending === 0
    ? t("health.outbox-empty")
    : t("health.outbox-waits", { pending, ago: span(oldestSeconds * 1_000) })
}

function parkedInWords({ parked = {} }: Health): string {
  const reasons = Object.entries(parked).map(([reason, count]) => `${count} × ${reason}`)
  return reasons.length > 0 ? reasons.join(", ") : t("health.none")
}

/** What lies in the dead-letter queues of the app's subscriptions, as far as one looks. */
function DeadLettered(props: { context: Context; refetchInterval: number | false }) {
  const { context, refetchInterval } = props
  const { data, error } = useQuery({ ...lettersQuery(context), refetchInterval })
  if (error) return wordsFor(error)
  if (!data) return null
  const count = data.letters.filter(({ store }) => store === "broker").length
  const waits = count + data.parked > 0
  return (
    <>
      {count === 0 ? t("health.none") : count >= 100 ? t("health.or-more", { count }) : count}{" "}
      {waits && (
        <Link to="/console/messages" search={{ context }}>
          {t("health.show")}
        </Link>
      )}
    </>
  )
}
