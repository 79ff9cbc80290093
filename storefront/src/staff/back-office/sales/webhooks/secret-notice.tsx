import { useState } from "react"
import { t as common } from "../../../parts/texts.ts"
import { t } from "./texts.ts"

/** A secret, this once. */
export function SecretNotice({ secret }: { secret: string }) {
  const [isCopied, setCopied] = useState(false)
  return (
    <section className="notice notice-good secret" aria-label={t("secret.title")}>
      <p>
        <strong>{t("secret.title")}.</strong> {t("secret.says")}
      </p>
      <p>
        <code>{secret}</code>{" "}
        <button
          type="button"
          className="button button-small"
          onClick={() => void navigator.clipboard.writeText(secret).then(() => setCopied(true))}
        >
          {common("copy.do")}
        </button>{" "}
        <span role="status">{isCopied && common("copy.done")}</span>
      </p>
    </section>
  )
}
