import { type ErrorComponentProps, Link } from "@tanstack/react-router"
import { ApiError } from "../api/api.ts"
import { Page } from "../design/page.tsx"
import { ProblemNotice } from "../design/problem-notice.tsx"
import { t } from "../texts/texts.ts"

/** There is nothing at this address. */
export function MissingPage() {
  return (
    <Page title={t("missing.title")}>
      <p>{t("missing.says")}</p>
      <Link to="/products" className="button">
        {t("missing.products")}
      </Link>
    </Page>
  )
}

/** What is shown instead of a page that failed: why, and how it is tried again. */
export function FailedPage({ error, reset }: ErrorComponentProps) {
  // A page of a release that is gone: the new one has it.
  const isOutdated = /dynamically imported module|module script failed/i.test(String(error))
  return (
    <Page title={t("failed.title")}>
      {error instanceof ApiError ? (
        <ProblemNotice error={error} />
      ) : (
        <p>{t(isOutdated ? "failed.outdated" : "failed.says")}</p>
      )}
      <button type="button" className="button" onClick={() => (isOutdated ? location.reload() : reset())}>
        {t(isOutdated ? "failed.load" : "failed.again")}
      </button>
    </Page>
  )
}
