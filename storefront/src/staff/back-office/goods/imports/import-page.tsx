import "../goods.css"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { getRouteApi, Link } from "@tanstack/react-router"
import { useEffect, useState } from "react"
import { newKey } from "../../../../api/api.ts"
import { Loading } from "../../../../design/loading.tsx"
import { Page } from "../../../../design/page.tsx"
import { saysMissing } from "../../../parts/missing.ts"
import { NeedsRole } from "../../../parts/permission.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { useHasRole } from "../../../roles.ts"
import { WRITES_CATALOG } from "../roles.ts"
import { type Import, importQuery, isOver, keptQuery, sendParts } from "./imports.ts"
import { forget, type Kept, keep } from "./kept.ts"
import { cut } from "./parts.ts"
import { Results } from "./results.tsx"
import { t } from "./texts.ts"

const route = getRouteApi("/back-office/imports/$id")

/** One import: how far it is, and what became of its lines. */
export function ImportPage() {
  const { id } = route.useParams()
  const isWriter = useHasRole(WRITES_CATALOG)
  const { data, error, refetch } = useQuery({ ...importQuery(id), enabled: isWriter })
  const { data: kept } = useQuery(keptQuery(id))
  // What was taken without a refusal is not needed again.
  const spent = data && isOver(data) && data.refused === 0 ? kept?.key : undefined
  useEffect(() => {
    if (spent !== undefined) void forget(spent)
  }, [spent])
  const isMissing = saysMissing(error)
  return (
    <Page title={kept ? t("one.title-named", { name: kept.name }) : t("one.title")} className="goods">
      <NeedsRole role={WRITES_CATALOG} what={t("one.title")} />
      <p>
        <Link to="/back-office/imports">{t("one.back")}</Link>
      </p>
      {isMissing && <p>{t("one.missing")}</p>}
      {error && !isMissing && <ProblemNotice error={error} again={() => void refetch()} />}
      {isWriter && !data && !error && <Loading />}
      {data && (
        <>
          <Progress job={data} />
          {data.status === "open" && kept && <Sending id={id} kept={kept} />}
          {data.status === "open" && kept === null && <FindFile job={data} />}
          {data.position > 0 && <Results job={data} kept={kept ?? undefined} />}
        </>
      )}
    </Page>
  )
}

function Progress({ job }: { job: Import }) {
  const { status, lines, position, taken, refused } = job
  return (
    <section className="card">
      <p>
        <span className={`state state-import-${status}`}>{t(`status.${status}`)}</span>
      </p>
      {status !== "open" && (
        <>
          <progress aria-label={t("one.progress")} value={position} max={lines} />
          <p role="status">
            {t("one.taking", { position, lines })}. {t("one.sum", { taken, refused })}
          </p>
        </>
      )}
      {status === "failed" && (
        <p className="notice notice-problem">{t("one.failed", { line: position + 1 })}</p>
      )}
    </section>
  )
}

/** Sends what the shop does not have yet: at once, and after a reload. */
function Sending({ id, kept }: { id: string; kept: Kept }) {
  const client = useQueryClient()
  const { mutate, error, isPending } = useMutation({
    // One after the other: whoever comes second finds everything sent.
    scope: { id: `import ${id}` },
    mutationFn: () => sendParts(id, (now) => client.setQueryData(keptQuery(id).queryKey, now)),
    onSuccess: () => client.invalidateQueries({ queryKey: importQuery(id).queryKey }),
  })
  useEffect(() => mutate(), [mutate])
  return (
    <section className="card">
      <progress aria-label={t("one.progress")} value={kept.sent.length} max={kept.parts.length} />
      <p role="status">{t("one.sending", { sent: kept.sent.length, parts: kept.parts.length })}</p>
      {error && <ProblemNotice error={error} />}
      {!isPending && (
        <button type="button" className="button button-small" onClick={() => mutate()}>
          {t("one.go-on")}
        </button>
      )}
    </section>
  )
}

/** Asks for the file of an import that another browser began. */
function FindFile({ job: { id, parts } }: { job: Import }) {
  const client = useQueryClient()
  const [found, setFound] = useState<number>()
  const find = useMutation({
    mutationFn: async (file: File) => {
      const answer = await cut(file)
      const count = answer.type === "cut" ? answer.parts.length : 0
      setFound(count)
      if (answer.type !== "cut" || count !== parts) return
      const kept = { key: newKey(), id, name: file.name, file, parts: answer.parts, sent: [] }
      await keep({ ...kept, createdAt: Date.now() })
      await client.invalidateQueries({ queryKey: keptQuery(id).queryKey })
    },
  })
  return (
    <section className="card">
      <label className="field">
        <span>{t("one.lost")}</span>
        <input
          type="file"
          accept=".ndjson,.jsonl,application/x-ndjson"
          onChange={({ target }) => target.files?.[0] && find.mutate(target.files[0])}
        />
      </label>
      {found !== undefined && found !== parts && (
        <p className="notice notice-problem" role="alert">
          {t("one.other-file", { found, parts })}
        </p>
      )}
      {find.error && <ProblemNotice error={find.error} />}
    </section>
  )
}
