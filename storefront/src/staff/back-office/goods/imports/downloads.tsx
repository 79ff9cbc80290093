import { useMutation } from "@tanstack/react-query"
import { useState } from "react"
import { ChoiceField } from "../../../parts/fields.tsx"
import { save } from "../../../parts/save.ts"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { readExport, readFeed } from "./imports.ts"
import { t } from "./texts.ts"

/** What is there, as files. */
export function Downloads() {
  const [language, setLanguage] = useState<"en" | "de">("en")
  return (
    <div className="columns">
      <section className="card">
        <h2>{t("export.title")}</h2>
        <p className="hint">{t("export.says")}</p>
        <Download label={t("export.do")} name="products.ndjson" read={readExport} />
      </section>
      <section className="card">
        <h2>{t("feed.title")}</h2>
        <p className="hint">{t("feed.says")}</p>
        <ChoiceField
          label={t("feed.language")}
          value={language}
          choices={[
            ["en", "English"],
            ["de", "Deutsch"],
          ]}
          onChange={setLanguage}
        />
        <Download
          label={t("feed.do")}
          name={`feed-${language}.ndjson`}
          read={(onBytes) => readFeed(language, onBytes)}
        />
      </section>
    </div>
  )
}

function Download(props: {
  label: string
  name: string
  read: (onBytes: (bytes: number) => void) => Promise<Blob>
}) {
  const [bytes, setBytes] = useState(0)
  const download = useMutation({
    mutationFn: () => props.read(setBytes),
    onMutate: () => setBytes(0),
    onSuccess: (content) => save(content, props.name),
  })
  return (
    <>
      {download.error && <ProblemNotice error={download.error} />}
      <div className="actions">
        <button
          type="button"
          className="button button-small"
          disabled={download.isPending}
          onClick={() => download.mutate()}
        >
          {props.label}
        </button>
        <p role="status" className="hint">
          {download.isPending && t("download.under-way", { bytes: Math.ceil(bytes / 1_024) })}
        </p>
      </div>
    </>
  )
}
