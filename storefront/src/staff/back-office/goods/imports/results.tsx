import { keepPreviousData, useInfiniteQuery, useMutation } from "@tanstack/react-query"
import { useState } from "react"
import { ChoiceField } from "../../../parts/fields.tsx"
import { save } from "../../../parts/save.ts"
import { More, Table } from "../../../parts/table.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { type Import, type Outcome, refusedLines, resultsQuery } from "./imports.ts"
import type { Kept } from "./kept.ts"
import { linesAt } from "./parts.ts"
import { t } from "./texts.ts"

const outcomes = ["refused", "created", "changed", "unchanged", "any"] as const
type Shown = (typeof outcomes)[number]

/** What became of each line, the refused ones first asked for. @param kept the file, where this browser has it */
export function Results({ job, kept }: { job: Import; kept: Kept | undefined }) {
  const [shown, setShown] = useState<Shown>(job.refused > 0 ? "refused" : "any")
  const outcome: Outcome | undefined = shown === "any" ? undefined : shown
  const list = useInfiniteQuery({
    ...resultsQuery(job.id, outcome, job.position),
    placeholderData: keepPreviousData,
  })
  const { data, error, refetch } = list
  const results = data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <section className="card">
      <h2>{t("results.title")}</h2>
      <div className="filters">
        <ChoiceField
          label={t("results.outcome")}
          value={shown}
          choices={outcomes.map((one) => [one, t(`outcome.${one}`)])}
          onChange={setShown}
        />
      </div>
      {job.refused > 0 && <SaveRefused job={job} kept={kept} />}
      {error && <ProblemNotice error={error} again={() => void refetch()} />}
      {data && results.length === 0 && <p>{t("results.none")}</p>}
      {results.length > 0 && (
        <Table
          label={t("results.title")}
          isBusy={list.isFetchingNextPage}
          columns={[
            { label: t("results.line"), isNumber: true },
            ...[t("results.became"), t("results.reason"), t("results.place")],
          ]}
        >
          {results.map((result) => (
            <tr key={result.line}>
              <td className="number">{result.line}</td>
              <td>
                <span className={`state state-${result.outcome}`}>{t(`outcome.${result.outcome}`)}</span>
              </td>
              <td>
                {result.detail}
                {result.code && <span className="hint">{result.code}</span>}
              </td>
              <td>{result.pointer && <code>{result.pointer}</code>}</td>
            </tr>
          ))}
        </Table>
      )}
      <More label={t("results.more")} list={list} />
    </section>
  )
}

const ndjson = (lines: readonly string[]): Blob =>
  new Blob([lines.map((line) => `${line}\n`).join("")], { type: "application/x-ndjson" })

function SaveRefused({ job: { id }, kept }: { job: Import; kept: Kept | undefined }) {
  const saveLines = useMutation({
    mutationFn: async ({ file, parts }: Kept) => {
      const refused = await refusedLines(id)
      const lines = await linesAt(file, parts, new Set(refused.map(({ line }) => line)))
      save(ndjson(lines), "refused-lines.ndjson")
    },
  })
  const saveReasons = useMutation({
    mutationFn: async () => {
      const refused = await refusedLines(id)
      save(ndjson(refused.map((one) => JSON.stringify(one))), "reasons.ndjson")
    },
  })
  const error = saveLines.error ?? saveReasons.error
  return (
    <>
      {error && <ProblemNotice error={error} />}
      <div className="actions">
        {kept && (
          <button
            type="button"
            className="button button-small"
            disabled={saveLines.isPending}
            onClick={() => saveLines.mutate(kept)}
          >
            {t("results.save-lines")}
          </button>
        )}
        <button
          type="button"
          className="button button-small button-quiet"
          disabled={saveReasons.isPending}
          onClick={() => saveReasons.mutate()}
        >
          {t("results.save-reasons")}
        </button>
        <p className="hint">{t(kept ? "results.save-lines-says" : "results.save-lines-lost")}</p>
      </div>
    </>
  )
}
