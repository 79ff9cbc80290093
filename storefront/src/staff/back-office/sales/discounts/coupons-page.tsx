import "../sales.css"
import "./rules.css"
import { useQueries, useQuery } from "@tanstack/react-query"
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import { Loading } from "../../../../design/loading.tsx"
import { Page } from "../../../../design/page.tsx"
import { TextField } from "../../../parts/fields.tsx"
import { Pager, Table } from "../../../parts/table.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { StateBadge, Validity } from "./rule-badges.tsx"
import { effectInWords, scopeInWords } from "./rule-words.ts"
import { type Coupon, couponsQuery, usageQuery } from "./rules.ts"
import { t } from "./texts.ts"

const route = getRouteApi("/back-office/coupons")

const columns = [
  t("column.code"),
  t("column.name"),
  t("column.effect"),
  t("column.scope"),
  t("column.validity"),
  { label: t("column.used"), isNumber: true },
  t("column.state"),
]

export function CouponsPage() {
  const { cursor } = route.useSearch()
  const { data, error, refetch } = useQuery(couponsQuery(cursor))
  return (
    <Page title={t("coupons.title")} className="sales rules">
      <p>{t("coupons.says")}</p>
      <div className="list-head">
        <Link to="/back-office/coupons/new" className="button">
          {t("coupons.new")}
        </Link>
        <OpenByCode />
      </div>
      {error && <ProblemNotice error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.items.length === 0 && <p className="empty">{t("coupons.none")}</p>}
      {data && data.items.length > 0 && <Coupons coupons={data.items} />}
      <Pager cursor={cursor} nextCursor={data?.nextCursor} />
    </Page>
  )
}

function OpenByCode() {
  const navigate = useNavigate()
  const [code, setCode] = useState("")
  return (
    <form
      className="find"
      onSubmit={(event) => {
        event.preventDefault()
        const params = { code: code.trim().toUpperCase() }
        if (params.code !== "") void navigate({ to: "/back-office/coupons/$code", params })
      }}
    >
      <TextField label={t("coupons.find")} value={code} onChange={setCode} isCode />
      <button type="submit" className="button button-quiet">
        {t("coupons.find.do")}
      </button>
    </form>
  )
}

function Coupons({ coupons }: { coupons: readonly Coupon[] }) {
  const counted = coupons.filter(({ maxRedemptions }) => maxRedemptions !== undefined)
  const uses = useQueries({ queries: counted.map(({ code }) => usageQuery(code)) })
  const taken = new Map(counted.map(({ code }, index) => [code, uses[index]?.data?.taken]))
  const used = ({ code, maxRedemptions }: Coupon): string =>
    maxRedemptions === undefined
      ? t("used.not-counted")
      : t("used.of", { taken: taken.get(code) ?? "…", max: maxRedemptions })
  return (
    <Table label={t("coupons.title")} columns={columns}>
      {coupons.map((coupon) => (
        <tr key={coupon.code}>
          <td>
            <Link to="/back-office/coupons/$code" params={{ code: coupon.code }} className="row-link">
              {coupon.code}
            </Link>
            {coupon.uniqueCodes && <small className="validity-utc">{t("used.series")}</small>}
          </td>
          <td>{coupon.name}</td>
          <td>{effectInWords(coupon.effect)}</td>
          <td>{scopeInWords(coupon.scope)}</td>
          <td>
            <Validity rule={coupon} />
          </td>
          <td className="number">{used(coupon)}</td>
          <td>
            <StateBadge rule={coupon} />
          </td>
        </tr>
      ))}
    </Table>
  )
}
