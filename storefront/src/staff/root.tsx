import { createRootRoute, type ErrorComponentProps, Link } from "@tanstack/react-router"
import { Page } from "../design/page.tsx"
import { ProblemNotice } from "./problem-notice.tsx"
import { Shell } from "./shell.tsx"
import { t } from "./texts.ts"

function MissingPage() {
  return (
    <Page title={t("missing.title")}>
      <p>{t("missing.says")}</p>
      <Link to="/back-office" className="button">
        {t("home.title")}
      </Link>
    </Page>
  )
}

function FailedPage({ error, reset }: ErrorComponentProps) {
  return (
    <Page title={t("failed.title")}>
      <ProblemNotice error={error} again={reset} />
    </Page>
  )
}

/** The parent of every page of the staff. */
export const root = createRootRoute({
  component: Shell,
  notFoundComponent: MissingPage,
  errorComponent: FailedPage,
})
