import { ApiError } from "../api/api.ts"
import { codeOf } from "../api/problem.ts"
import { hasText, t } from "../texts/texts.ts"

/** What to say of an error: what it means for the shopper and what helps, by the problem's type, else by its status. */
export function wordsFor(error: unknown): string {
  if (!(error instanceof ApiError)) return t("problem.status.500")
  const { problem } = error
  const byType = `problem.${codeOf(problem)}`
  if (hasText(byType)) return t(byType)
  const byStatus = `problem.status.${problem.status >= 500 && problem.status !== 503 ? 500 : problem.status}`
  return hasText(byStatus) ? t(byStatus) : t("problem.status.500")
}

/** Tells of an error in words that help; with a reference by which it is found. */
export function ProblemNotice({ error, again }: { error: unknown; again?: () => void }) {
  const reference = error instanceof ApiError ? error.problem.traceId : undefined
  return (
    <div className="notice notice-problem" role="alert">
      <p>{wordsFor(error)}</p>
      {again && (
        <button type="button" className="button button-small" onClick={again}>
          {t("failed.again")}
        </button>
      )}
      {reference && <p className="notice-reference">{t("problem.reference", { reference })}</p>}
    </div>
  )
}
