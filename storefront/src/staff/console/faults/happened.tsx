import { Link } from "@tanstack/react-router"
import { currentLocale } from "../../../texts/texts.ts"
import type { HitOrder, State, Strike } from "./switchboard.ts"
import { t } from "./texts.ts"
import { faultInWords, placeInWords } from "./words.ts"

const time = new Intl.DateTimeFormat(currentLocale(), { timeStyle: "medium" })

/** The faults that struck, the last first, with the orders that they hit. */
export function Happened({ strikes, orders, counted }: Pick<State, "strikes" | "orders" | "counted">) {
  const byId = new Map(orders.map((order) => [order.id, order]))
  return (
    <>
      <p>{t("happened.counted", { count: counted })}</p>
      {strikes.length === 0 ? (
        <p className="hint">{t("happened.nothing")}</p>
      ) : (
        <section className="faults-scroll" aria-label={t("happened.title")}>
          <table className="faults-table">
            <thead>
              <tr>
                {(["order", "status", "fault", "where", "when"] as const).map((column) => (
                  <th key={column} scope="col">
                    {t(`happened.${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {[...strikes].reverse().map((strike) => (
                <Row
                  key={`${strike.at} ${strike.order} ${strike.place} ${strike.activity} ${strike.run}`}
                  strike={strike}
                  order={byId.get(strike.orderId)}
                />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  )
}

function Row({ strike, order }: { strike: Strike; order: HitOrder | undefined }) {
  return (
    <tr>
      <td>
        <Link to={`/console/sagas/${strike.orderId}` as string}>
          {strike.order} · {order?.number ?? strike.orderId}
        </Link>
      </td>
      <td>
        {order?.status === undefined ? (
          t("happened.unknown")
        ) : (
          <span className={`status status-${order.status}`}>{order.status}</span>
        )}{" "}
        {order?.cancelReason}
      </td>
      <td>
        {faultInWords(strike.fault)}
        {strike.failed !== undefined && (
          <span className="field-mistake"> {t("happened.failed", { reason: strike.failed })}</span>
        )}
      </td>
      <td>{placeInWords(strike, strike.run)}</td>
      <td>
        <time dateTime={strike.at}>{time.format(new Date(strike.at))}</time>
      </td>
    </tr>
  )
}
