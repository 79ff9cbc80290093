import { getRouteApi, Link, useNavigate } from "@tanstack/react-router"
import { useState } from "react"
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
      <label className="field">
        {t("find.label")}
        <input
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          autoComplete="off"
          spellCheck={false}
        />
      </label>
      <button type="submit" className="button">
        {t("find.do")}
      </button>
    </form>
  )
}

/** Narrows the list; what is chosen stands in the page's address. */
export function OrderFilters() {
  const search = route.useSearch()
  const navigate = useNavigate()
  const apply = (form: HTMLFormElement) => {
    const said = Object.fromEntries(new FormData(form))
    void navigate({ to: "/back-office/orders", search: orderSearch(said) })
  }
  const isNarrowed = Object.keys(search).some((name) => name !== "cursor")
  return (
    <form
      // Filled anew from the address whenever that changes.
      key={JSON.stringify(search)}
      className="filters"
      onSubmit={(event) => {
        event.preventDefault()
        apply(event.currentTarget)
      }}
    >
      <label className="field">
        {t("filter.status")}
        <select name="status" defaultValue={search.status ?? ""}>
          <option value="">{t("filter.any")}</option>
          {statuses.map((status) => (
            <option key={status} value={status}>
              {t(`status.${status}`)}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        {t("filter.from")}
        <input type="date" name="from" defaultValue={search.from} />
      </label>
      <label className="field">
        {t("filter.to")}
        <input type="date" name="to" defaultValue={search.to} />
      </label>
      <label className="field">
        {t("filter.sku")}
        <input name="sku" defaultValue={search.sku} autoComplete="off" spellCheck={false} />
      </label>
      <label className="check">
        <input type="checkbox" name="attention" value="true" defaultChecked={search.attention === "true"} />
        <span>{t("filter.attention")}</span>
      </label>
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
      {customerId !== undefined && (
        <p className="hint">
          <input type="hidden" name="customerId" value={customerId} />
          {t("filter.customer", { id: customerId })}
        </p>
      )}
      {number !== undefined && (
        <p className="hint">
          <input type="hidden" name="number" value={number} />
          {t("filter.number", { number })}
        </p>
      )}
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
