import "../console.css"
import "./letters.css"
import { useQueries, useQueryClient } from "@tanstack/react-query"
import { getRouteApi, useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import { ApiError } from "../../../api/api.ts"
import { Loading } from "../../../design/loading.tsx"
import { Page } from "../../../design/page.tsx"
import { ChoiceField } from "../../parts/fields.tsx"
import { ProblemNotice } from "../../problem-notice.tsx"
import { wordsFor } from "../../problem-words.ts"
import { LiveBar, useLive, useNow } from "../live.tsx"
import { t } from "../texts.ts"
import { LetterEntry } from "./letter-entry.tsx"
import { keyOf, LETTERS, type Letter, lettersQuery, type Redriven, redrive, redriveAll } from "./letters.ts"
import { type Context, contexts, lettersSearch } from "./letters-search.ts"
import { RedriveAll } from "./redrive-all.tsx"

const route = getRouteApi("/console/messages")

/** What came of sending something again. */
type Result = { readonly key: string; readonly says: string; readonly isGood: boolean }

/** The messages of all contexts that nothing handles until somebody sends them again. */
export function LettersPage() {
  const search = route.useSearch()
  const live = useLive()
  const now = useNow()
  const client = useQueryClient()
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [results, setResults] = useState<readonly Result[]>([])
  const asked = contexts.filter((context) => search.context === undefined || search.context === context)
  const lists = useQueries({
    queries: asked.map((context) => ({
      ...lettersQuery(context),
      refetchInterval: live.costlyInterval,
    })),
  })
  const all = lists.flatMap(({ data }) => data?.letters ?? [])
  const letters = all
    .filter(({ reason }) => search.reason === undefined || reason === search.reason)
    .toSorted((one, other) => one.at.localeCompare(other.at))
  const chosen = letters.filter((letter) => selected.has(keyOf(letter)))
  const forbidden = lists.find(({ error }) => error instanceof ApiError && error.problem.status === 403)

  /** One after the other: each is news to the same stores. */
  async function sendAgain(what: readonly { key: string; name: string; send: () => Promise<Redriven> }[]) {
    setSelected(new Set())
    setResults([])
    for (const { key, name, send } of what) {
      const result = await send().then(
        ({ sent, left }): Result => ({
          ...{ key, isGood: left === 0 },
          says: `${name}: ${sent + left === 1 ? t(left ? "letters.left" : "letters.sent") : t("letters.result", { context: key, sent, left })}`,
        }),
        (error: unknown): Result => ({ key, says: `${name}: ${wordsFor(error)}`, isGood: false }),
      )
      setResults((before) => [...before, result])
    }
    await client.invalidateQueries({ queryKey: [LETTERS] })
  }
  const ofLetter = (letter: Letter) => ({
    ...{ key: keyOf(letter), name: letter.type || letter.eventId },
    send: () => redrive(letter),
  })

  if (forbidden)
    return (
      <Page title={t("letters.title")}>
        <ProblemNotice error={forbidden.error} />
      </Page>
    )
  return (
    <Page title={t("letters.title")}>
      <LiveBar live={live} updatedAt={Math.max(...lists.map((one) => one.dataUpdatedAt))} now={now} />
      <p className="hint">{t("letters.says")}</p>
      {lists.map(
        ({ error }, index) =>
          error && (
            <p key={asked[index]} className="notice notice-problem" role="alert">
              {t("letters.away", { context: asked[index] as Context, words: wordsFor(error) })}
            </p>
          ),
      )}
      {lists.some(({ isPending }) => isPending) ? (
        <Loading />
      ) : (
        <Count count={lists.reduce((sum, { data }) => sum + waitingIn(data), 0)} />
      )}
      <LettersFilter reasons={[...new Set(all.map(({ reason }) => reason))]} />
      <Results results={results} />
      {letters.length > 0 && (
        <div className="bulk">
          <button
            type="button"
            className="button button-small"
            disabled={chosen.length === 0}
            onClick={() => void sendAgain(chosen.map(ofLetter))}
          >
            {t("letters.redrive-selected", { count: chosen.length })}
          </button>
          {[...new Set(letters.map(({ context }) => context))].map((context) => (
            <RedriveAll
              key={context}
              context={context}
              onConfirm={() => {
                const send = () => redriveAll(context, search.reason)
                void sendAgain([{ key: context, name: context, send }])
              }}
            />
          ))}
        </div>
      )}
      <ul className="letters">
        {letters.map((letter) => (
          <LetterEntry
            key={keyOf(letter)}
            letter={letter}
            now={now}
            isSelected={selected.has(keyOf(letter))}
            onSelect={(isSelected) => {
              const next = new Set(selected)
              if (isSelected) next.add(keyOf(letter))
              else next.delete(keyOf(letter))
              setSelected(next)
            }}
            onRedrive={() => void sendAgain([ofLetter(letter)])}
          />
        ))}
      </ul>
    </Page>
  )
}

/** Of the parked ones more may wait than are shown. */
const waitingIn = (list: { letters: readonly Letter[]; parked: number } | undefined): number =>
  list ? list.parked + list.letters.filter(({ store }) => store === "broker").length : 0

function Count({ count }: { count: number }) {
  if (count === 0) return <p className="notice notice-good">{t("letters.none")}</p>
  return (
    <p className="notice notice-problem attention" role="status">
      <strong>{count === 1 ? t("letters.count-one") : t("letters.count", { count })}</strong>
    </p>
  )
}

function LettersFilter({ reasons }: { reasons: readonly string[] }) {
  const search = route.useSearch()
  const navigate = useNavigate()
  const narrow = (change: Record<string, unknown>) =>
    void navigate({ to: "/console/messages", search: lettersSearch({ ...search, ...change }), replace: true })
  return (
    <div className="filters">
      <ChoiceField
        label={t("letters.context")}
        value={search.context ?? ""}
        choices={[["", t("letters.all-contexts")], ...contexts.map((context) => [context, context] as const)]}
        onChange={(context) => narrow({ context })}
      />
      <ChoiceField
        label={t("letters.reason")}
        value={search.reason ?? ""}
        choices={[
          ["", t("filter.any")],
          ...[...new Set([...reasons, ...(search.reason === undefined ? [] : [search.reason])])].map(
            (reason) => [reason, reason] as const,
          ),
        ]}
        onChange={(reason) => narrow({ reason })}
      />
    </div>
  )
}

function Results({ results }: { results: readonly Result[] }) {
  if (results.length === 0) return null
  const isGood = results.every((result) => result.isGood)
  return (
    <section className={`notice ${isGood ? "notice-good" : "notice-problem"} results`} role="status">
      <strong>{t("letters.results")}</strong>
      <ul>
        {results.map(({ key, says }) => (
          <li key={key}>{says}</li>
        ))}
      </ul>
    </section>
  )
}
