import { useState } from "react"
import { inUtc } from "../../parts/local-time.ts"
import { hasEnded, verdictOf, type WholeInstance } from "../sagas/instance.ts"
import { t } from "../texts.ts"
import { clock } from "../time.ts"

/** So much of what happened is shown at first. */
const LATEST = 24

/** What happened, oldest first, and at its end what is so now. */
export function Timeline({ instance, now }: { instance: WholeInstance; now: number }) {
  const { timeline } = instance
  const [isWhole, setWhole] = useState(false)
  const before = isWhole ? 0 : Math.max(0, timeline.length - LATEST)
  return (
    <ol className="timeline">
      {before > 0 && (
        <li>
          <button type="button" className="link-button" onClick={() => setWhole(true)}>
            {t("saga.before", { count: before })}
          </button>
        </li>
      )}
      {timeline.slice(before).map(({ at, kind, says }, index) => (
        // A history only grows at its end.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <li key={before + index} className={`timeline-${kind}`}>
          <time dateTime={at} title={inUtc(at)}>
            {clock(at)}
          </time>
          <span>{says}</span>
        </li>
      ))}
      {!hasEnded(instance) && (
        <li className="timeline-now">
          <span>{t("saga.now")}</span>
          <strong>{verdictOf(instance, now).says}</strong>
        </li>
      )}
    </ol>
  )
}

/** What happened to the order, and which events announced it. */
export function Messages({ messages }: Pick<WholeInstance, "messages">) {
  if (messages.length === 0) return <p className="hint">{t("saga.no-messages")}</p>
  return (
    <ol className="timeline">
      {messages.map(({ type, at, says, announced }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a stream only grows at its end
        <li key={index}>
          <time dateTime={at} title={inUtc(at)}>
            {clock(at)}
          </time>
          <span>
            <strong>{type}</strong> {says}
            <br />
            {announced.length === 0 ? (
              <span className="hint">{t("saga.silent")}</span>
            ) : (
              announced.map((event) => (
                <code key={event} className="announced">
                  {event}
                </code>
              ))
            )}
          </span>
        </li>
      ))}
    </ol>
  )
}
