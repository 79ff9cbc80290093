import "../console.css"
import { useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { getRouteApi, Link } from "@tanstack/react-router"
import { useState } from "react"
import { Loading } from "../../../design/loading.tsx"
import { Page } from "../../../design/page.tsx"
import { useLastCustomer } from "../../../session/session.ts"
import { ProblemNotice } from "../../problem-notice.tsx"
import { LiveBar, useLive, useNow } from "../live.tsx"
import { t } from "../texts.ts"
import { BulkBar } from "./bulk-bar.tsx"
import { CountTiles } from "./counts.tsx"
import { Filters } from "./filters.tsx"
import { byUrgency, type Instance, verdictOf } from "./instance.ts"
import { useRun } from "./run.ts"
import { RunResults } from "./run-results.tsx"
import { SagaTable } from "./saga-table.tsx"
import { attentionQuery, countsQuery, instancesQuery } from "./sagas.ts"
import type { SagasSearch } from "./sagas-search.ts"

const route = getRouteApi("/console/sagas")

/** All sagas: first what needs a person, then how many there are in each state, then one by one. */
export function SagasPage() {
  const search = route.useSearch()
  const live = useLive()
  const now = useNow()
  const { refetchInterval } = live
  const attention = useQuery({ ...attentionQuery, refetchInterval })
  const counts = useQuery({ ...countsQuery(search.age), refetchInterval })
  const inNeed = attention.data?.instances ?? []
  if (attention.error && !attention.data)
    return (
      <Page title={t("sagas.title")}>
        <ProblemNotice error={attention.error} again={() => void attention.refetch()} />
      </Page>
    )
  return (
    <Page title={t("sagas.title")}>
      <LiveBar live={live} updatedAt={counts.dataUpdatedAt} now={now} />
      {attention.error && <ProblemNotice error={attention.error} again={() => void attention.refetch()} />}
      {attention.data && <Attention instances={inNeed} orMore={attention.data.orMore} now={now} />}
      {counts.data && (
        <CountTiles counts={counts.data.counts} needAttention={inNeed.length} search={search} />
      )}
      <Filters
        search={search}
        steps={[...new Set(inNeed.flatMap(({ position }) => (position ? [position.step] : [])))]}
      />
      {search.view === "attention" ? (
        attention.data && <Selectable instances={inNeed.filter(narrowedBy(search))} now={now} />
      ) : (
        <AllInstances search={search} refetchInterval={refetchInterval} now={now} />
      )}
    </Page>
  )
}

/** What stands is found at a glance: the worst is said in words, before everything else. */
function Attention(props: { instances: readonly Instance[]; orMore: boolean; now: number }) {
  const { instances, orMore, now } = props
  const [oldest] = byUrgency(instances, now)
  if (!oldest) return <p className="notice notice-good">{t("sagas.calm")}</p>
  const count = instances.length
  const { saga } = oldest
  return (
    <div className="notice notice-problem attention">
      <strong role="status">{orMore ? t("sagas.need-more", { count }) : many(count)}</strong>
      <Link to="/console/sagas/$instanceId" params={{ instanceId: oldest.instanceId }}>
        {t("sagas.oldest", { saga, says: verdictOf(oldest, now).says })}
      </Link>
    </div>
  )
}
const many = (count: number): string => (count === 1 ? t("sagas.need-one") : t("sagas.need", { count }))

/** What the address narrows, among those that need a person: the same as the API does among all. */
const narrowedBy =
  ({ saga, step, retrying, id }: SagasSearch) =>
  (instance: Instance): boolean =>
    (saga === undefined || instance.saga === saga) &&
    (step === undefined || instance.position?.step === step) &&
    (!retrying || instance.position?.attempt !== undefined) &&
    (id === undefined || instance.instanceId.startsWith(id))

function AllInstances(props: { search: SagasSearch; refetchInterval: number | false; now: number }) {
  const { search, refetchInterval, now } = props
  const list = useInfiniteQuery({ ...instancesQuery(search), refetchInterval })
  if (list.isPending) return <Loading />
  if (!list.data) return <ProblemNotice error={list.error} again={() => void list.refetch()} />
  const instances = list.data.pages.flatMap(({ items }) => items)
  const looked = list.data.pages.reduce((sum, page) => sum + page.looked, 0)
  return (
    <>
      {list.error && <ProblemNotice error={list.error} />}
      <Selectable instances={instances} now={now} {...(list.hasNextPage && { looked })} />
      {list.hasNextPage && (
        <button
          type="button"
          className="button button-quiet"
          disabled={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t(instances.length > 0 ? "sagas.more" : "sagas.look-further")}
        </button>
      )}
    </>
  )
}

/** The list with what can be done to those of it that are selected. @param looked where there is more to look through */
function Selectable(props: { instances: readonly Instance[]; now: number; looked?: number }) {
  const { instances, now, looked } = props
  const roles = useLastCustomer()?.roles ?? []
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const { run, start, close } = useRun()
  const chosen = instances.filter(({ instanceId }) => selected.has(instanceId))
  const empty = looked === undefined ? t("sagas.none") : t("sagas.none-yet", { looked })
  return (
    <>
      {run && <RunResults run={run} onClose={close} />}
      {chosen.length > 0 && (
        <BulkBar
          selected={chosen}
          roles={roles}
          onRun={(action, those, reason) => {
            setSelected(new Set())
            void start(action, those, reason)
          }}
          onClear={() => setSelected(new Set())}
        />
      )}
      {instances.length === 0 ? (
        <p className="empty">{empty}</p>
      ) : (
        <SagaTable
          instances={byUrgency(instances, now)}
          selected={selected}
          onSelect={setSelected}
          now={now}
        />
      )}
    </>
  )
}
