import { Link } from "@tanstack/react-router"
import { wordsFor } from "../../problem-words.ts"
import { t } from "../texts.ts"
import type { Run } from "./run.ts"

/** What came of an action, saga by saga. */
export function RunResults({ run, onClose }: { run: Run; onClose: () => void }) {
  const { action, count, outcomes } = run
  const done = outcomes.filter(({ error }) => error === undefined).length
  const isOver = outcomes.length === count
  const hasFailed = isOver && done < count
  return (
    <section className={`notice ${hasFailed ? "notice-problem" : "notice-good"} results`} role="status">
      <p>
        <strong>
          {t(isOver ? "result.title" : "result.under-way", {
            action: t(`action.${action}`),
            ...{ done, count },
          })}
        </strong>
      </p>
      <ul>
        {outcomes.map(({ instance: { instanceId, saga }, error }) => (
          <li key={instanceId}>
            <Link to="/console/sagas/$instanceId" params={{ instanceId }}>
              {saga} {instanceId}
            </Link>
            : {error === undefined ? t("result.done") : wordsFor(error)}
          </li>
        ))}
      </ul>
      {isOver && (
        <button type="button" className="button button-quiet button-small" onClick={onClose}>
          {t("result.close")}
        </button>
      )}
    </section>
  )
}
