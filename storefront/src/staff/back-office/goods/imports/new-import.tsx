import { useMutation } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import { newKey } from "../../../../api/api.ts"
import { LongTextField } from "../../../parts/fields.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { useHasRole } from "../../../roles.ts"
import { KEEPS_STOCK } from "../roles.ts"
import { begin } from "./imports.ts"
import { keep } from "./kept.ts"
import { type Cut, cut } from "./parts.ts"
import { t } from "./texts.ts"

type Refusal = Exclude<Cut["type"], "cut">

/** Cuts a file and keeps it. @returns why it cannot be imported, or the file */
async function take(file: Blob, name: string) {
  const answer = await cut(file)
  if (answer.type !== "cut") return answer.type
  return await keep({ key: newKey(), name, file, parts: answer.parts, sent: [], createdAt: Date.now() })
}

/** A file, or lines that are pasted, to be imported. */
export function NewImport() {
  const [file, setFile] = useState<File>()
  const [pasted, setPasted] = useState("")
  const [refusal, setRefusal] = useState<Refusal>()
  const navigate = useNavigate()
  const keepsStock = useHasRole(KEEPS_STOCK)
  const send = useMutation({ mutationFn: begin })
  const keeping = useMutation({
    mutationFn: () => (file ? take(file, file.name) : take(new Blob([pasted]), t("new.pasted"))),
    onMutate: () => setRefusal(undefined),
    onSuccess: async (kept) => {
      if (typeof kept === "string") return setRefusal(kept)
      const { id } = await send.mutateAsync(kept)
      await navigate({ to: "/back-office/imports/$id", params: { id } })
    },
  })
  return (
    <section className="card">
      <h2>{t("new.title")}</h2>
      <p className="hint">{t("new.says")}</p>
      {!keepsStock && <p className="notice">{t("new.stock-role")}</p>}
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault()
          keeping.mutate()
        }}
      >
        <label className="field">
          <span>{t("new.file")}</span>
          <input
            type="file"
            accept=".ndjson,.jsonl,application/x-ndjson"
            onChange={({ target }) => setFile(target.files?.[0])}
          />
        </label>
        {!file && <LongTextField label={t("new.paste")} value={pasted} onChange={setPasted} />}
        {refusal && (
          <p className="notice notice-problem" role="alert">
            {t(`new.${refusal}`)}
          </p>
        )}
        {keeping.error && !send.error && (
          <p className="notice notice-problem" role="alert">
            {t("new.not-kept", { reason: keeping.error.message })}
          </p>
        )}
        {send.error && <ProblemNotice error={send.error} />}
        <div className="actions">
          <button
            type="submit"
            className="button"
            disabled={keeping.isPending || (!file && pasted.trim() === "")}
          >
            {t("new.begin")}
          </button>
        </div>
      </form>
    </section>
  )
}
