import "../goods.css"
import { useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { getRouteApi, Link } from "@tanstack/react-router"
import { useState } from "react"
import { Loading } from "../../../../design/loading.tsx"
import { Page } from "../../../../design/page.tsx"
import { exactly } from "../../../parts/local-time.ts"
import { saysMissing } from "../../../parts/missing.ts"
import { NeedsRole } from "../../../parts/permission.tsx"
import { More, Table } from "../../../parts/table.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { useHasRole } from "../../../roles.ts"
import { KEEPS_STOCK } from "../roles.ts"
import { AdjustDialog, type Level } from "./adjust-dialog.tsx"
import { adjustmentsQuery, levelsQuery } from "./stock.ts"
import { t } from "./texts.ts"

const route = getRouteApi("/back-office/stock/$sku")

/** A variant's stock at each location, and who adjusted it. */
export function VariantStockPage() {
  const { sku } = route.useParams()
  const isKeeper = useHasRole(KEEPS_STOCK)
  const { data, error, refetch } = useQuery({ ...levelsQuery(sku), enabled: isKeeper })
  const [adjusted, setAdjusted] = useState<Level>()
  const isMissing = saysMissing(error)
  return (
    <Page title={t("variant.title", { sku })} className="goods">
      <NeedsRole role={KEEPS_STOCK} what={t("title")} />
      <p>
        <Link to="/back-office/stock">{t("variant.back")}</Link>
      </p>
      {isMissing && <p>{t("variant.missing")}</p>}
      {error && !isMissing && <ProblemNotice error={error} again={() => void refetch()} />}
      {isKeeper && !data && !error && <Loading />}
      {data && (
        <>
          <p>
            {t("variant.total", {
              ...{ onHand: data.onHand, reserved: data.reserved, available: data.available },
            })}{" "}
            {data.backorder && `${t("backorder")}.`}
          </p>
          <Table
            label={t("variant.title", { sku })}
            columns={[
              t("location"),
              { label: t("on-hand"), isNumber: true },
              { label: t("reserved"), isNumber: true },
              { label: t("available"), isNumber: true },
              { label: t("safety"), isNumber: true },
              { label: t("actions"), isHidden: true },
            ]}
          >
            {data.locations.map((level) => (
              <tr key={level.location}>
                <th scope="row">{level.location}</th>
                <td className="number">{level.onHand}</td>
                <td className="number">{level.reserved}</td>
                <td className="number">{level.available}</td>
                <td className="number">{level.safetyStock}</td>
                <td className="row-actions">
                  <button
                    type="button"
                    className="link-button"
                    aria-label={t("adjust-of", { sku, location: level.location })}
                    onClick={() => setAdjusted(level)}
                  >
                    {t("adjust")}
                  </button>
                </td>
              </tr>
            ))}
          </Table>
          <Adjustments sku={sku} />
        </>
      )}
      {adjusted && <AdjustDialog sku={sku} level={adjusted} onClose={() => setAdjusted(undefined)} />}
    </Page>
  )
}

type AdjustmentChange = { location?: string; reason?: string; from?: number; to?: number }

function Adjustments({ sku }: { sku: string }) {
  const list = useInfiniteQuery(adjustmentsQuery(sku))
  const { data, error, refetch } = list
  const entries = data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <section className="card">
      <h2>{t("trail.title")}</h2>
      <p className="hint">{t("trail.says")}</p>
      {error && <ProblemNotice error={error} again={() => void refetch()} />}
      {data && entries.length === 0 && <p>{t("trail.none")}</p>}
      {entries.length > 0 && (
        <Table
          label={t("trail.title")}
          isBusy={list.isFetchingNextPage}
          columns={[t("trail.at"), t("trail.by"), t("trail.where"), t("trail.what"), t("trail.reason")]}
        >
          {entries.map(({ position, at, by, action, change }) => {
            const { location, reason, from = 0, to = 0 } = change as AdjustmentChange
            return (
              <tr key={position}>
                <td>{exactly(at)}</td>
                <td>{by.id ?? by.kind}</td>
                <td>{location}</td>
                <td>{t(action === "stock.adjusted" ? "trail.on-hand" : "trail.safety", { from, to })}</td>
                <td>{reason}</td>
              </tr>
            )
          })}
        </Table>
      )}
      <More label={t("trail.more")} list={list} />
    </section>
  )
}
