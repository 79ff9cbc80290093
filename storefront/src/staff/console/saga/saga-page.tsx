import "../console.css"
import { useQuery } from "@tanstack/react-query"
import { getRouteApi, Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { ApiError } from "../../../api/api.ts"
import { Loading } from "../../../design/loading.tsx"
import { Page } from "../../../design/page.tsx"
import { inUtc } from "../../parts/local-time.ts"
import { ProblemNotice } from "../../problem-notice.tsx"
import { LiveBar, useLive, useNow } from "../live.tsx"
import { verdictOf, type WholeInstance } from "../sagas/instance.ts"
import { useRun } from "../sagas/run.ts"
import { RunResults } from "../sagas/run-results.tsx"
import { instanceQuery } from "../sagas/sagas.ts"
import { t } from "../texts.ts"
import { ago } from "../time.ts"
import { AuditTrail } from "./audit-trail.tsx"
import { Json } from "./json.tsx"
import { SagaActions } from "./saga-actions.tsx"
import { Steps } from "./steps.tsx"
import { Messages, Timeline } from "./timeline.tsx"
import { TraceLink } from "./trace-link.tsx"

const route = getRouteApi("/console/sagas/$instanceId")

/** One saga: how it stands, what helps, and all that is known of its way. */
export function SagaPage() {
  const { instanceId } = route.useParams()
  const live = useLive()
  const now = useNow()
  const query = useQuery({ ...instanceQuery(instanceId), refetchInterval: live.refetchInterval })
  const { run, start, close } = useRun()
  const { data: instance, error } = query
  // 400: what the address names is no id of a saga.
  const isMissing = error instanceof ApiError && [400, 404].includes(error.problem.status)
  return (
    <Page title={instance ? t("saga.title", { saga: instance.saga }) : t("saga.id")}>
      <Link to="/console/sagas" className="back">
        {t("saga.back")}
      </Link>
      <LiveBar live={live} updatedAt={query.dataUpdatedAt} now={now} />
      {isMissing ? (
        <p className="notice">{t("saga.missing")}</p>
      ) : (
        error && <ProblemNotice error={error} again={() => void query.refetch()} />
      )}
      {query.isPending && <Loading />}
      {instance && !isMissing && (
        <>
          <Standing instance={instance} now={now} />
          {run && <RunResults run={run} onClose={close} />}
          <SagaActions
            instance={instance}
            onRun={(action, reason) => void start(action, [instance], reason)}
          />
          <div className="saga-columns">
            <Section title={t("saga.timeline")}>
              <Timeline instance={instance} now={now} />
            </Section>
            <Section title={t("saga.steps")}>
              <Steps steps={instance.steps} />
            </Section>
          </div>
          <Section title={t("saga.messages")}>
            <Messages messages={instance.messages} />
          </Section>
          <Section title={t("saga.begun-with")}>
            <div className="json-pair">
              <Json label={t("saga.input")} value={instance.input} />
              <Json label={t("saga.output")} value={instance.output} />
            </div>
          </Section>
        </>
      )}
      <Section title={t("saga.audit")}>
        <AuditTrail instanceId={instanceId} refetchInterval={live.refetchInterval} />
      </Section>
    </Page>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="saga-section" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

/** How it stands, in a sentence that is read from across the room, and the facts beside it. */
function Standing({ instance, now }: { instance: WholeInstance; now: number }) {
  const { instanceId, orderId, runtimeStatus, createdAt, updatedAt, replays, traceId } = instance
  const { tone, says } = verdictOf(instance, now)
  return (
    <>
      <p className={`standing standing-${tone}`}>{says}</p>
      <dl className="facts">
        <Fact name={t("saga.state")}>
          <span className={`state state-${tone}`}>{runtimeStatus}</span>
        </Fact>
        <Fact name={t("saga.id")}>
          <code>{instanceId}</code>
        </Fact>
        <Fact name={t("saga.began")}>
          {inUtc(createdAt)} · {t("ago", { ago: ago(createdAt, now) })}
        </Fact>
        <Fact name={t("saga.moved")}>
          {inUtc(updatedAt)} · {t("ago", { ago: ago(updatedAt, now) })}
        </Fact>
        <Fact name={t("saga.replays")}>{t("saga.replays-say", { count: replays })}</Fact>
        {orderId !== undefined && (
          <Fact name={t("saga.order")}>
            <code>{orderId}</code>{" "}
            <Link to="/console/sagas" search={{ view: "all", id: orderId }}>
              {t("saga.order-sagas")}
            </Link>
          </Fact>
        )}
        {traceId !== undefined && (
          <Fact name={t("saga.trace")}>
            <TraceLink traceId={traceId} />
          </Fact>
        )}
      </dl>
    </>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
