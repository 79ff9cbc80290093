import { Link } from "@tanstack/react-router"
import { Page } from "../design/page.tsx"
import { t } from "../texts/texts.ts"

/** Stands where a merchant's own terms belong. */
export function LegalPage() {
  return (
    <Page title={t("legal.title")}>
      <p>{t("legal.says")}</p>
      <h2>{t("legal.withdrawal")}</h2>
      <p>
        {t("legal.withdrawal-says")} <Link to="/withdraw">{t("footer.withdraw")}</Link>
      </p>
      <h2>{t("legal.data")}</h2>
      <p>
        {t("legal.data-says")} <Link to="/account">{t("footer.data")}</Link>
      </p>
    </Page>
  )
}
