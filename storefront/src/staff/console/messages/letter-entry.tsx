import { Link } from "@tanstack/react-router"
import { inUtc } from "../../parts/local-time.ts"
import { Json } from "../saga/json.tsx"
import { t } from "../texts.ts"
import { ago } from "../time.ts"
import type { Letter } from "./letters.ts"

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** One message that waits: why, for how long, what it says. */
export function LetterEntry(props: {
  letter: Letter
  now: number
  isSelected: boolean
  onSelect: (isSelected: boolean) => void
  onRedrive: () => void
}) {
  const { letter, now, isSelected, onSelect, onRedrive } = props
  const { context, store, source, eventId, topic, reason, detail, subject, at, body } = letter
  const type = letter.type || t("letters.no-event")
  const sagasOf = source === "/eshop/ordering" && subject !== undefined && UUID.test(subject)
  return (
    <li className="letter">
      <input
        type="checkbox"
        aria-label={t("letters.select", { type, eventId })}
        checked={isSelected}
        onChange={(event) => onSelect(event.target.checked)}
      />
      <div className="letter-content">
        <p>
          <strong>{reason}</strong> <code>{type}</code>
        </p>
        <p className="hint">
          {t(`letters.${store}`, { context })},{" "}
          <time dateTime={at} title={inUtc(at)}>
            {t("letters.waits", { ago: ago(at, now) })}
          </time>
          {sagasOf && (
            <>
              {" · "}
              <Link to="/console/sagas" search={{ view: "all", id: subject }}>
                {t("letters.sagas")}
              </Link>
            </>
          )}
        </p>
        {detail && <p className="letter-detail">{detail}</p>}
        <details>
          <summary>{t("letters.whole")}</summary>
          <p className="hint">{t("letters.details", { eventId, source, topic })}</p>
          <Json label={t("letters.detail")} value={detail} />
          <Json label={t("letters.body")} value={body} />
        </details>
      </div>
      <button type="button" className="button button-quiet button-small" onClick={onRedrive}>
        {t("letters.redrive")}
      </button>
    </li>
  )
}
