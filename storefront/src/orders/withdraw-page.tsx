import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { Page } from "../design/page.tsx"
import { day, money } from "../texts/format.ts"
import { t } from "../texts/texts.ts"
import { type OrderEntry, ordersQuery } from "./orders.ts"

const withdrawn: ReadonlySet<OrderEntry["status"]> = new Set([
  "Paid",
  "PartiallyShipped",
  "Shipped",
  "Delivered",
])

/** Where the footer's "withdraw from contract here" leads: to the order that it is about. */
export function WithdrawPage() {
  const { data } = useQuery({ ...ordersQuery(undefined), retry: false })
  const open = data?.items.filter(({ status }) => withdrawn.has(status)) ?? []
  return (
    <Page title={t("withdraw.title")}>
      <p>{t("withdraw.says")}</p>
      {open.length > 0 && (
        <ul className="order-list">
          {open.map(({ id, number, submittedAt, total }) => (
            <li key={id}>
              <Link to="/orders/$id/withdrawal" params={{ id }} className="order-entry">
                <span className="order-entry-number">{number}</span>
                <span>{day(submittedAt)}</span>
                <span className="price">{money(total)}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      <p>
        {t("withdraw.elsewhere")} <Link to="/find-order">{t("footer.find-order")}</Link>
      </p>
    </Page>
  )
}
