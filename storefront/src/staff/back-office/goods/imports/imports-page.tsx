import "../goods.css"
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Link, useNavigate } from "@tanstack/react-router"
import { Loading } from "../../../../design/loading.tsx"
import { Page } from "../../../../design/page.tsx"
import { exactly } from "../../../parts/local-time.ts"
import { NeedsRole } from "../../../parts/permission.tsx"
import { More, Table } from "../../../parts/table.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { useHasRole } from "../../../roles.ts"
import { WRITES_CATALOG } from "../roles.ts"
import { Downloads } from "./downloads.tsx"
import { begin, importsQuery } from "./imports.ts"
import { allKept, forget, type Kept } from "./kept.ts"
import { NewImport } from "./new-import.tsx"
import { t } from "./texts.ts"

/** Many products at once, in and out. */
export function ImportsPage() {
  const isWriter = useHasRole(WRITES_CATALOG)
  return (
    <Page title={t("title")} className="goods">
      <NeedsRole role={WRITES_CATALOG} what={t("title")} />
      {isWriter && (
        <>
          <NewImport />
          <LeftBehind />
          <ImportList />
          <Downloads />
        </>
      )}
    </Page>
  )
}

const leftQuery = {
  queryKey: ["goods", "kept-imports"],
  queryFn: async () => (await allKept()).filter(({ id }) => id === undefined),
  staleTime: 0,
} as const

/** Files whose import was to begin when the page was left. */
function LeftBehind() {
  const { data = [] } = useQuery(leftQuery)
  const navigate = useNavigate()
  const client = useQueryClient()
  const goOn = useMutation({
    mutationFn: begin,
    onSuccess: ({ id }) => navigate({ to: "/back-office/imports/$id", params: { id } }),
  })
  const drop = useMutation({
    mutationFn: ({ key }: Kept) => forget(key),
    onSuccess: () => client.invalidateQueries({ queryKey: leftQuery.queryKey }),
  })
  if (data.length === 0) return null
  return (
    <section className="card">
      <h2>{t("left.title")}</h2>
      {goOn.error && <ProblemNotice error={goOn.error} />}
      {data.map((kept) => (
        <p key={kept.key} className="actions">
          <button type="button" className="button button-small" onClick={() => goOn.mutate(kept)}>
            {t("left.go-on", { name: kept.name })}
          </button>
          <button
            type="button"
            className="button button-small button-quiet"
            onClick={() => drop.mutate(kept)}
          >
            {t("left.forget", { name: kept.name })}
          </button>
        </p>
      ))}
    </section>
  )
}

function ImportList() {
  const list = useInfiniteQuery(importsQuery)
  const { data, error, refetch } = list
  const imports = data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <section className="card">
      <h2>{t("list.title")}</h2>
      {error && <ProblemNotice error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && imports.length === 0 && <p>{t("list.none")}</p>}
      {imports.length > 0 && (
        <Table
          label={t("list.title")}
          columns={[
            ...[t("list.at"), t("list.status")],
            { label: t("list.lines"), isNumber: true },
            { label: t("list.taken"), isNumber: true },
            { label: t("list.refused"), isNumber: true },
          ]}
        >
          {imports.map(({ id, createdAt, status, lines, taken, refused }) => (
            <tr key={id}>
              <th scope="row">
                <Link to="/back-office/imports/$id" params={{ id }}>
                  {exactly(createdAt)}
                </Link>
              </th>
              <td>{t(`status.${status}`)}</td>
              <td className="number">{lines}</td>
              <td className="number">{taken}</td>
              <td className="number">{refused}</td>
            </tr>
          ))}
        </Table>
      )}
      <More label={t("list.older")} list={list} />
    </section>
  )
}
