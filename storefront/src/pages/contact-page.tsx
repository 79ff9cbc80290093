import { Page } from "../design/page.tsx"
import { t } from "../texts/texts.ts"

const ADDRESS = "hello@eshop.example"

/** The API takes no messages: an e-mail it is. */
export function ContactPage() {
  return (
    <Page title={t("contact.title")}>
      <p>{t("contact.says")}</p>
      <p>
        <a href={`mailto:${ADDRESS}`} className="button">
          {t("contact.write", { address: ADDRESS })}
        </a>
      </p>
      <p className="hint">{t("contact.hint")}</p>
    </Page>
  )
}
