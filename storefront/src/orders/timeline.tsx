import { useQuery } from "@tanstack/react-query"
import { moment } from "../texts/format.ts"
import { hasText, t } from "../texts/texts.ts"
import { nextWords } from "./next-words.ts"
import { type Order, timelineQuery } from "./orders.ts"

/** What happened to an order, and what its processes are waiting for. */
export function Timeline({ order }: { order: Order }) {
  const { data } = useQuery(timelineQuery(order))
  if (!data) return null
  const next = data.processes.flatMap((process) => nextWords(process) ?? [])
  return (
    <>
      {next.length > 0 && (
        <section>
          <h2>{t("order.next")}</h2>
          <ul className="facts">
            {next.map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h2>{t("order.timeline")}</h2>
        <ol className="timeline">
          {data.events.map(({ type, at, says }) => {
            const key = `event.${type}`
            return (
              <li key={`${type} ${at}`}>
                <time dateTime={at}>{moment(at)}</time>
                <span>{hasText(key) ? t(key) : says}</span>
              </li>
            )
          })}
        </ol>
      </section>
    </>
  )
}
