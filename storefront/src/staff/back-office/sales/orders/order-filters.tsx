import { getRouteApi, Link, useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import { CheckField, ChoiceField, TextField } from "../../../parts/fields.tsx"
import { type OrderSearch, orderSearch, statuses, wantedBy } from "./order-search.ts"
import { t } from "./texts.ts"

const route = getRouteApi("/back-office/orders")

/** Finds an order by what somebody has of it. What looks like an e-mail address never gets into an address of a page. */
export function FindOrder({ findByEmail }: { findByEmail: (email: string) => void }) {
  const navigate = useNavigate()
  const [typed, setTyped] = useState("")
  const find = () => {
    const wanted = wantedBy(typed)
    if (wanted?.by === "email") findByEmail(wanted.email)
    if (wanted?.by === "id") void navigate({ to: "/back-office/orders/$id", params: { id: wanted.id } })
    if (wanted?.by === "number")
      void navigate({ to: "/back-office/orders", search: { number: wanted.number } })
  }
  return (
    <form
      className="find"
      onSubmit={(event) => {
        event.preventDefault()
        find()
      }}
    >
      <TextField label={t("find.label")} value={typed} onChange={setTyped} isCode />
      <button type="submit" className="button">
        {t("find.do")}
      </button>
    </form>
  )
}

/** Narrows the list; what is chosen stands in the page's address. */
export function OrderFilters() {
  const search = route.useSearch()
  // Filled anew from the address whenever that changes.
  return <Filters key={JSON.stringify(search)} search={search} />
}

/** What is chosen, and not asked for yet. */
type Wish = { [Name in keyof OrderSearch]?: OrderSearch[Name] | undefined }

function Filters({ search }: { search: OrderSearch }) {
  const navigate = useNavigate()
  const [wanted, setWanted] = useState<Wish>({ ...search, cursor: undefined })
  const want = (next: Wish) => setWanted({ ...wanted, ...next })
  const isNarrowed = Object.keys(search).some((name) => name !== "cursor")
  return (
    <form
      className="filters"
      onSubmit={(event) => {
        event.preventDefault()
        void navigate({ to: "/back-office/orders", search: orderSearch(wanted) })
      }}
    >
      <ChoiceField
        label={t("filter.status")}
        value={wanted.status ?? ""}
        choices={[
          ["", t("filter.any")],
          ...statuses.map((status) => [status, t(`status.${status}`)] as const),
        ]}
        onChange={(status) => want({ status: status === "" ? undefined : status })}
      />
      <TextField
        label={t("filter.from")}
        type="date"
        value={wanted.from ?? ""}
        onChange={(from) => want({ from })}
      />
      <TextField label={t("filter.to")} type="date" value={wanted.to ?? ""} onChange={(to) => want({ to })} />
      <TextField label={t("filter.sku")} value={wanted.sku ?? ""} onChange={(sku) => want({ sku })} isCode />
      <CheckField
        label={t("filter.attention")}
        value={wanted.attention === "true"}
        onChange={(isOn) => want({ attention: isOn ? "true" : undefined })}
      />
      <Narrowed search={search} />
      <div className="actions">
        <button type="submit" className="button button-quiet">
          {t("filter.apply")}
        </button>
        {isNarrowed && (
          <Link to="/back-office/orders" className="button button-quiet">
            {t("filter.clear")}
          </Link>
        )}
      </div>
    </form>
  )
}

/** What a list is narrowed to that no field shows; it stays when the fields are sent. */
function Narrowed({ search: { customerId, number } }: { search: OrderSearch }) {
  return (
    <>
      {customerId !== undefined && <p className="hint">{t("filter.customer", { id: customerId })}</p>}
      {number !== undefined && <p className="hint">{t("filter.number", { number })}</p>}
    </>
  )
}

const tabs = ["Paid", "PartiallyShipped", "Shipped"] as const

/** What the warehouse works on. */
export function StateTabs() {
  const { status = "Paid" } = route.useSearch()
  return (
    <nav className="tabs" aria-label={t("filter.status")}>
      {tabs.map((tab) => (
        <Link
          key={tab}
          to="/back-office/orders"
          search={{ status: tab }}
          className="tab"
          aria-current={tab === status ? "page" : undefined}
        >
          {t(`status.${tab}`)}
        </Link>
      ))}
    </nav>
  )
}
