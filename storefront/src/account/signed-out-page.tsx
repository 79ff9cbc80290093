import { Link } from "@tanstack/react-router"
import { Page } from "../design/page.tsx"
import { signIn } from "../session/session.ts"
import { t } from "../texts/texts.ts"

export function SignedOutPage() {
  return (
    <Page title={t("signed-out.title")}>
      <p>{t("signed-out.says")}</p>
      <p className="actions">
        <Link to="/" className="button">
          {t("signed-out.home")}
        </Link>
        <button type="button" className="button button-quiet" onClick={() => void signIn()}>
          {t("shell.sign-in")}
        </button>
      </p>
    </Page>
  )
}
