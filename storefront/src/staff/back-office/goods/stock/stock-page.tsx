import "../goods.css"
import { useQuery } from "@tanstack/react-query"
import { getRouteApi, Link } from "@tanstack/react-router"
import { useState } from "react"
import { Loading } from "../../../../design/loading.tsx"
import { Page } from "../../../../design/page.tsx"
import { CheckField, ChoiceField } from "../../../parts/fields.tsx"
import { NeedsRole } from "../../../parts/permission.tsx"
import { Pager, Table } from "../../../parts/table.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { useHasRole } from "../../../roles.ts"
import { ListFilters } from "../lists/list-filters.tsx"
import { KEEPS_STOCK } from "../roles.ts"
import { AdjustDialog } from "./adjust-dialog.tsx"
import { Locations } from "./locations.tsx"
import type { StockSearch } from "./search.ts"
import { type ListedLevel, locationsQuery, stockQuery } from "./stock.ts"
import { t } from "./texts.ts"

const route = getRouteApi("/back-office/stock")

/** Where which variant lies, what is low first. */
export function StockPage() {
  const isKeeper = useHasRole(KEEPS_STOCK)
  return (
    <Page title={t("title")} className="goods">
      <NeedsRole role={KEEPS_STOCK} what={t("title")} />
      {isKeeper && <Levels />}
      {isKeeper && <Locations />}
    </Page>
  )
}

function Levels() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { data, error, refetch, isPlaceholderData } = useQuery(stockQuery(search))
  const [adjusted, setAdjusted] = useState<ListedLevel>()
  const change = (next: StockSearch) =>
    void navigate({ search: { ...search, cursor: undefined, ...next }, resetScroll: false })
  return (
    <>
      <Filters search={search} change={change} />
      {error && <ProblemNotice error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && data.items.length === 0 && <p role="status">{t("none")}</p>}
      {data && data.items.length > 0 && (
        <Table
          label={t("title")}
          isBusy={isPlaceholderData}
          columns={[
            ...[t("sku"), t("product"), t("location"), t("level")],
            { label: t("on-hand"), isNumber: true },
            { label: t("reserved"), isNumber: true },
            { label: t("available"), isNumber: true },
            { label: t("safety"), isNumber: true },
            { label: t("actions"), isHidden: true },
          ]}
        >
          {data.items.map((level) => (
            <LevelRow
              key={`${level.sku} ${level.location}`}
              level={level}
              adjust={() => setAdjusted(level)}
            />
          ))}
        </Table>
      )}
      <Pager cursor={search.cursor} nextCursor={data?.nextCursor} />
      {adjusted && (
        <AdjustDialog sku={adjusted.sku} level={adjusted} onClose={() => setAdjusted(undefined)} />
      )}
    </>
  )
}

function LevelRow({ level, adjust }: { level: ListedLevel; adjust: () => void }) {
  const { sku, location, isLow } = level
  return (
    <tr>
      <th scope="row" className="sku">
        <Link to="/back-office/stock/$sku" params={{ sku }}>
          {sku}
        </Link>
      </th>
      <td>
        {level.name}
        <span className="hint">{Object.values(level.options).join(" · ")}</span>
      </td>
      <td>{location}</td>
      <td>
        <span className={`state ${isLow ? "state-low" : "state-published"}`}>
          {t(isLow ? "low" : "fine")}
        </span>
        {level.backorder && <span className="hint">{t("backorder")}</span>}
      </td>
      <td className="number">{level.onHand}</td>
      <td className="number">{level.reserved}</td>
      <td className="number">{level.available}</td>
      <td className="number">{level.safetyStock}</td>
      <td className="row-actions">
        <button
          type="button"
          className="link-button"
          aria-label={t("adjust-of", { sku, location })}
          onClick={adjust}
        >
          {t("adjust")}
        </button>
      </td>
    </tr>
  )
}

function Filters({ search, change }: { search: StockSearch; change: (next: StockSearch) => void }) {
  const locations = useQuery(locationsQuery)
  return (
    <ListFilters
      q={search.q}
      label={t("search")}
      placeholder={t("search-hint")}
      findLabel={t("find")}
      find={(q) => change({ q })}
    >
      <ChoiceField
        label={t("location")}
        value={search.location ?? ""}
        choices={[
          ["", t("location.any")],
          ...(locations.data?.items ?? []).map(({ id }) => [id, id] as const),
        ]}
        onChange={(location) => change({ location: location === "" ? undefined : location })}
      />
      <CheckField
        label={t("low-only")}
        value={search.low === true}
        onChange={(isLow) => change({ low: isLow || undefined })}
      />
    </ListFilters>
  )
}
