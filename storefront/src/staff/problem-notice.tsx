import { ApiError } from "../api/api.ts"
import { t } from "./texts.ts"

const byStatus: Readonly<Record<number, string>> = {
  0: t("problem.no-answer"),
  403: t("problem.403"),
  412: t("problem.412"),
  429: t("problem.429"),
  503: t("problem.503"),
}

/** What to say of an error to somebody of the staff: what the API itself says in detail, after what its status means. */
export function wordsFor(error: unknown): string {
  if (!(error instanceof ApiError)) return t("problem.unknown")
  const { status, title, detail } = error.problem
  return [byStatus[status] ?? `${title}.`, detail].filter(Boolean).join(" ")
}

/** Tells of an error, with what is wrong member by member, and with a reference by which it is found in the telemetry. */
export function ProblemNotice({ error, again }: { error: unknown; again?: () => void }) {
  const problem = error instanceof ApiError ? error.problem : undefined
  return (
    <div className="notice notice-problem" role="alert">
      <p>{wordsFor(error)}</p>
      {problem?.errors && (
        <ul className="notice-details">
          {problem.errors.map(({ pointer, message }) => (
            <li key={pointer + message}>
              <code>{pointer}</code> {message}
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
