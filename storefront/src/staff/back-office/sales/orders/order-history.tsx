import { useQuery } from "@tanstack/react-query"
import { Moment } from "../../../parts/moment.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { type Order, type Timeline, timelineQuery } from "./orders.ts"
import { t } from "./texts.ts"

type Process = Timeline["processes"][number]

/** What kind of process an instance is, as its id tells. */
const kindOf = (id: string): "checkout" | "fulfilment" | "refund" => {
  if (id.endsWith("-fulfilment")) return "fulfilment"
  return id.includes("-refund-") ? "refund" : "checkout"
}

/** Where the order's processes stand: what they wait for, until when. */
export function Processes({ order }: { order: Order }) {
  const { data, error } = useQuery(timelineQuery(order))
  if (error) return <ProblemNotice error={error} />
  if (!data) return null
  return (
    <section>
      <h2>{t("order.processes")}</h2>
      {data.processes.length === 0 && <p className="hint">{t("order.processes.none")}</p>}
      <ul className="processes">
        {data.processes.map((process) => (
          <li key={process.id}>
            <Standing process={process} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function Standing({ process: { id, status, step, says, needsAttention } }: { process: Process }) {
  const isRunning = status === "running"
  return (
    <>
      <strong>{t(`process.${kindOf(id)}`)}</strong>{" "}
      {needsAttention ? (
        <>
          <span className="status status-attention">{t("process.attention")}</span>{" "}
          <a href={`/console/sagas/${id}`}>{t("process.console")}</a>
        </>
      ) : (
        <span className="hint">{t(`process.${status}`)}</span>
      )}
      {isRunning && says !== undefined && (
        <p>{step === undefined ? says : t("process.says", { step, says })}</p>
      )}
      {isRunning && says === undefined && step !== undefined && <p>{step}</p>}
    </>
  )
}

/** What happened and when, the newest first, and who was told of it. */
export function History({ order }: { order: Order }) {
  const { data } = useQuery(timelineQuery(order))
  if (!data) return null
  return (
    <section>
      <h2>{t("order.history")}</h2>
      <ol className="history">
        {data.events.toReversed().map(({ type, at, says, announced }) => (
          <li key={`${type} ${at}`}>
            <Moment at={at} />
            <span>{says}</span>
            {announced.length > 0 && (
              <small>{t("order.told", { events: announced.map(shortName).join(", ") })}</small>
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}

/** `eshop.ordering.order-paid.v1` → `order-paid`. */
const shortName = (type: string): string => type.split(".").at(-2) ?? type
