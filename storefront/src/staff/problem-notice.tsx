import { ApiError } from "../api/api.ts"
import { messageOf, wordsFor } from "./problem-words.ts"
import { t } from "./texts.ts"

/** Tells of an error, with what is wrong member by member, and with a reference by which it is found in the telemetry. */
export function ProblemNotice({ error, again }: { error: unknown; again?: () => void }) {
  const problem = error instanceof ApiError ? error.problem : undefined
  return (
    <div className="notice notice-problem" role="alert">
      <p>{wordsFor(error)}</p>
      {problem?.errors && (
        <ul className="notice-details">
          {problem.errors.map((one) => (
            <li key={one.pointer + one.message}>
              <code>{one.pointer}</code> {messageOf(one)}
            </li>
          ))}
        </ul>
      )}
      {again && (
        <button type="button" className="button button-small" onClick={again}>
          {t("failed.again")}
        </button>
      )}
      {problem?.traceId && (
        <p className="notice-reference">{t("problem.reference", { reference: problem.traceId })}</p>
      )}
    </div>
  )
}
