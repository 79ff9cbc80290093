import type { OrderingCountInstancesResponse } from "@eshop/shop-client/generated/types.gen"
import { Link } from "@tanstack/react-router"
import { t } from "../texts.ts"
import type { SagasSearch, View } from "./sagas-search.ts"

type Counts = OrderingCountInstancesResponse["counts"]

const tiles = [
  ["attention", []],
  ["failed", ["Failed", "Canceled"]],
  ["suspended", ["Suspended"]],
  ["running", ["Running", "ContinuedAsNew"]],
  ["pending", ["Pending"]],
  ["completed", ["Completed"]],
  ["terminated", ["Terminated"]],
] as const satisfies readonly (readonly [View, readonly string[]])[]

/** What somebody has to look at when there is any. */
const alarming: ReadonlySet<View> = new Set(["attention", "failed"])

function counted(counts: Counts, statuses: readonly string[]): { count: number; text: string } {
  const these = counts.filter(({ runtimeStatus }) => statuses.includes(runtimeStatus))
  const count = these.reduce((sum, one) => sum + one.count, 0)
  return { count, text: these.some(({ orMore }) => orMore) ? t("counts.or-more", { count }) : String(count) }
}

/** How many there are in each state; each leads to those. */
export function CountTiles(props: { counts: Counts; needAttention: number; search: SagasSearch }) {
  const { counts, needAttention, search } = props
  return (
    <nav aria-label={t("counts.label")}>
      <ul className="tiles">
        {tiles.map(([view, statuses]) => {
          const { count, text } =
            view === "attention"
              ? { count: needAttention, text: String(needAttention) }
              : counted(counts, statuses)
          const tone = count > 0 && alarming.has(view) ? "tile-bad" : ""
          return (
            <li key={view}>
              <Link
                to="/console/sagas"
                search={{ ...search, view }}
                className={`tile ${tone}`}
                {...(search.view === view && { "aria-current": "true" as const })}
              >
                <strong>{text}</strong> {t(`view.${view}`)}
              </Link>
            </li>
          )
        })}
      </ul>
      <p className="hint">{t("counts.window")}</p>
    </nav>
  )
}
