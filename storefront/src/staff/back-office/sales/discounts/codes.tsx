import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useRef, useState } from "react"
import { NumberField } from "../../../parts/fields.tsx"
import { MistakesOf } from "../../../parts/mistakes.tsx"
import { Moment } from "../../../parts/moment.tsx"
import { save } from "../../../parts/save.ts"
import { Table } from "../../../parts/table.tsx"
import { t as common } from "../../../parts/texts.ts"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { addBatch, allCodes, type Batch, batchesQuery, csvOf, newBatchId } from "./batches.ts"
import { t } from "./code-texts.ts"
import { couponsKey } from "./rules.ts"

const columns = [
  t("column.asked"),
  { label: t("column.count"), isNumber: true },
  t("column.made"),
  t("column.file"),
]

/** The batches of a coupon's unique codes: asked for, made, taken home. */
export function Codes({ code }: { code: string }) {
  const [cursor, setCursor] = useState<string>()
  const { data, error, refetch } = useQuery(batchesQuery(code, cursor))
  return (
    <section className="codes">
      <h2>{t("title")}</h2>
      <AddBatch code={code} />
      {error && <ProblemNotice error={error} again={() => void refetch()} />}
      {data?.items.length === 0 && <p className="hint">{t("none")}</p>}
      {data && data.items.length > 0 && (
        <Table label={t("title")} columns={columns}>
          {data.items.map((batch) => (
            <BatchRow key={batch.batchId} batch={batch} />
          ))}
        </Table>
      )}
      {data?.nextCursor && (
        <button
          type="button"
          className="button button-quiet button-small"
          onClick={() => setCursor(data.nextCursor ?? undefined)}
        >
          {common("pages.next")}
        </button>
      )}
    </section>
  )
}

function AddBatch({ code }: { code: string }) {
  const client = useQueryClient()
  const [count, setCount] = useState(100)
  const id = useRef(newBatchId())
  const add = useMutation({
    mutationFn: () => addBatch(code, id.current, count),
    onSuccess: () => {
      id.current = newBatchId()
    },
    onSettled: () => client.invalidateQueries({ queryKey: [...couponsKey, code, "batches"] }),
  })
  return (
    <form
      className="find"
      onSubmit={(event) => {
        event.preventDefault()
        add.mutate()
      }}
    >
      <MistakesOf error={add.error}>
        <NumberField
          label={t("count")}
          value={count}
          onChange={setCount}
          pointer="/count"
          min={1}
          max={100_000}
          required
        />
      </MistakesOf>
      <button type="submit" className="button" disabled={add.isPending}>
        {t("add")}
      </button>
      {add.error && <ProblemNotice error={add.error} />}
    </form>
  )
}

function BatchRow({ batch: { batchId, code, count, made, createdAt } }: { batch: Batch }) {
  const [read, setRead] = useState(0)
  const download = useMutation({
    mutationFn: async () => {
      const codes = await allCodes(code, setRead)
      const mine = codes.filter((one) => one.batchId === batchId)
      save(new Blob([csvOf(mine)], { type: "text/csv" }), `${code}-${createdAt.slice(0, 10)}.csv`)
    },
  })
  const label = t("made", { made, count })
  return (
    <tr>
      <td>
        <Moment at={createdAt} />
      </td>
      <td className="number">{count}</td>
      <td>
        <progress value={made} max={count} aria-label={label} /> {label}
      </td>
      <td>
        <button
          type="button"
          className="button button-quiet button-small"
          disabled={made === 0 || download.isPending}
          onClick={() => download.mutate()}
        >
          {t("download")}
        </button>
        <span role="status" className="hint">
          {download.isPending && ` ${t("reading", { read })}`}
        </span>
        {download.error && <ProblemNotice error={download.error} />}
      </td>
    </tr>
  )
}
