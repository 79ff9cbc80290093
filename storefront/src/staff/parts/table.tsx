import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { t } from "./texts.ts"

/** A table that scrolls sideways where there is no room for it. */
export function Table(props: {
  readonly label: string
  readonly columns: readonly (string | Column)[]
  readonly children: ReactNode
  readonly isBusy?: boolean
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard.
    <section className="table-frame" aria-label={props.label} tabIndex={0}>
      <table className="table" aria-busy={props.isBusy ?? false}>
        <thead>
          <tr>
            {props.columns.map((column) => {
              const { label, isNumber, isHidden } = typeof column === "string" ? plain(column) : column
              return (
                <th key={label} scope="col" className={isNumber ? "number" : ""}>
                  {isHidden ? <span className="visually-hidden">{label}</span> : label}
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </section>
  )
}

type Column = { readonly label: string; readonly isNumber?: boolean; readonly isHidden?: boolean }
const plain = (label: string): Column => ({ label })

/** Adds the next page of a list to what is shown of it. */
export function More(props: {
  readonly label: string
  readonly list: {
    readonly hasNextPage: boolean
    readonly isFetchingNextPage: boolean
    readonly fetchNextPage: () => Promise<unknown>
  }
}) {
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = props.list
  if (!hasNextPage) return null
  return (
    <div className="actions">
      <button
        type="button"
        className="button button-small button-quiet"
        disabled={isFetchingNextPage}
        onClick={() => void fetchNextPage()}
      >
        {props.label}
      </button>
    </div>
  )
}

/** The ways to the first and the next page of a list whose address has a cursor. The page before is the browser's way back. */
export function Pager({
  cursor,
  nextCursor,
}: {
  cursor?: string | undefined
  nextCursor: string | null | undefined
}) {
  if (cursor === undefined && !nextCursor) return null
  return (
    <nav className="actions" aria-label={t("pages.label")}>
      {cursor !== undefined && <PageLink cursor={undefined} label={t("pages.first")} />}
      {nextCursor && <PageLink cursor={nextCursor} label={t("pages.next")} />}
    </nav>
  )
}

const PageLink = ({ cursor, label }: { cursor: string | undefined; label: string }) => (
  <Link
    to="."
    search={(before: Record<string, unknown>) => ({ ...before, cursor }) as never}
    className="button button-small button-quiet"
  >
    {label}
  </Link>
)
