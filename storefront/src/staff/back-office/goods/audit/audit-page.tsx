import "../goods.css"
import { useInfiniteQuery } from "@tanstack/react-query"
import { getRouteApi, Link } from "@tanstack/react-router"
import { type FormEvent, useState } from "react"
import { Loading } from "../../../../design/loading.tsx"
import { Page } from "../../../../design/page.tsx"
import { CheckField, TextField } from "../../../parts/fields.tsx"
import { exactly, fromField, toField } from "../../../parts/local-time.ts"
import { More, Table } from "../../../parts/table.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { auditQuery } from "./audit.ts"
import { type AuditSearch, type Context, contexts, contextsIn, roleOf, writeContexts } from "./search.ts"
import { t } from "./texts.ts"
import type { Entry } from "./trails.ts"

const route = getRouteApi("/back-office/audit")

const namesOf = (some: readonly Context[]): string =>
  some.map((context) => t(`context.${context}`)).join(", ")

/** Who changed what and when, over all contexts. */
export function AuditPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const list = useInfiniteQuery(auditQuery(search))
  const { data, error, refetch } = list
  const first = data?.pages[0]
  const entries = data?.pages.flatMap(({ items }) => items) ?? []
  const away = [...new Set(data?.pages.flatMap((page) => page.away))]
  return (
    <Page title={t("title")} className="goods">
      <p className="hint">{t("says")}</p>
      {/* A filter of its own for each address: going back shows what was typed there. */}
      <Filters
        key={JSON.stringify(search)}
        search={search}
        find={(next) => void navigate({ search: next })}
      />
      {error && <ProblemNotice error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {first && first.hidden.length > 0 && (
        <p className="notice">
          {t("hidden", {
            contexts: namesOf(first.hidden),
            roles: first.hidden.map((context) => roleOf[context]).join(", "),
          })}
        </p>
      )}
      {away.length > 0 && <p className="notice notice-problem">{t("away", { contexts: namesOf(away) })}</p>}
      {data && entries.length === 0 && <p role="status">{t(list.hasNextPage ? "none-yet" : "none")}</p>}
      {entries.length > 0 && <Entries entries={entries} search={search} isBusy={list.isFetchingNextPage} />}
      <More label={t("more")} list={list} />
    </Page>
  )
}

function Filters({ search, find }: { search: AuditSearch; find: (next: AuditSearch) => void }) {
  const [typed, setTyped] = useState(search)
  const chosen = contextsIn(typed.in)
  const type = (member: "subject" | "action" | "by") => ({
    label: t(member),
    hint: t(`${member}-hint`),
    value: typed[member] ?? "",
    onChange: (value: string) => setTyped({ ...typed, [member]: value }),
  })
  const time = (member: "since" | "until") => ({
    label: t(member),
    type: "datetime-local" as const,
    value: toField(typed[member]),
    onChange: (value: string) => setTyped({ ...typed, [member]: fromField(value, search[member]) }),
  })
  const send = (event: FormEvent) => {
    event.preventDefault()
    find(typed)
  }
  return (
    <form className="filters" onSubmit={send}>
      <fieldset className="checks">
        <legend>{t("contexts")}</legend>
        {contexts.map((context) => (
          <CheckField
            key={context}
            label={t(`context.${context}`)}
            value={chosen.includes(context)}
            onChange={(isChosen) =>
              setTyped({
                ...typed,
                in: writeContexts(
                  contexts.filter((one) => (one === context ? isChosen : chosen.includes(one))),
                ),
              })
            }
          />
        ))}
      </fieldset>
      <TextField {...type("subject")} />
      <TextField {...type("action")} />
      <TextField {...type("by")} />
      <TextField {...time("since")} />
      <TextField {...time("until")} />
      <div className="actions">
        <button type="submit" className="button button-small">
          {t("find")}
        </button>
        <Link to="/back-office/audit" className="button button-small button-quiet">
          {t("clear")}
        </Link>
      </div>
    </form>
  )
}

function Entries(props: { entries: readonly Entry[]; search: AuditSearch; isBusy: boolean }) {
  return (
    <Table
      label={t("title")}
      isBusy={props.isBusy}
      columns={[
        ...[t("column.at"), t("column.by"), t("column.context"), t("column.subject")],
        ...[t("column.action"), t("column.change")],
      ]}
    >
      {props.entries.map(({ context, position, at, by, subject, action, change }) => (
        <tr key={`${context} ${position}`}>
          <td>{exactly(at)}</td>
          <td>
            {by.id ?? t(`kind.${by.kind}`)}
            {by.id !== undefined && <span className="hint">{t(`kind.${by.kind}`)}</span>}
          </td>
          <td>{t(`context.${context}`)}</td>
          <td className="subject">
            <Link to="/back-office/audit" search={{ ...props.search, in: context, subject }}>
              {subject}
            </Link>
          </td>
          <td>{action}</td>
          <td>
            <details className="change">
              <summary>
                {t("change.show")}
                <span className="visually-hidden">
                  {" "}
                  {action} {subject}
                </span>
              </summary>
              <pre>{JSON.stringify(change, null, 2)}</pre>
            </details>
          </td>
        </tr>
      ))}
    </Table>
  )
}
