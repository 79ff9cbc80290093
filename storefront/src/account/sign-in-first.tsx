import { Link } from "@tanstack/react-router"
import { Page } from "../design/page.tsx"
import { signIn } from "../session/session.ts"
import { t } from "../texts/texts.ts"

/** A page that belongs to somebody, to whom nobody knows. */
export function SignInFirst({ title }: { title: string }) {
  return (
    <Page title={title}>
      <p>{t("account.sign-in-first")}</p>
      <p className="actions">
        <button type="button" className="button" onClick={() => void signIn()}>
          {t("shell.sign-in")}
        </button>
        <Link to="/find-order" className="button button-quiet">
          {t("footer.find-order")}
        </Link>
      </p>
    </Page>
  )
}
