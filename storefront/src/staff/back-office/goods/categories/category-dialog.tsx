import {
  catalogCreateCategory,
  catalogGetCategory,
  catalogPatchCategory,
} from "@eshop/shop-client/generated/sdk.gen"
import { useMutation } from "@tanstack/react-query"
import { useState } from "react"
import { ApiError, answerOf, newKey } from "../../../../api/api.ts"
import { FormDialog } from "../../../parts/dialog.tsx"
import { ChoiceField, TextField } from "../../../parts/fields.tsx"
import { MistakesOf, type Places } from "../../../parts/mistakes.tsx"
import { t as common } from "../../../parts/texts.ts"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { slugOf } from "../products/draft.ts"
import type { PlacedCategory } from "../products/products.ts"
import { languageName } from "../products/texts-fields.tsx"
import { t } from "./texts.ts"

/** What a dialog is for: a category that is to come, or one that is there. */
export type Target =
  | { readonly type: "new"; readonly parent: string | undefined }
  | { readonly type: "edit"; readonly category: PlacedCategory }

const places: Places = {
  "category.slug-taken": () => ["/slug"],
  "category.parent-unknown": () => ["/parentId"],
  "category.cycle": () => ["/parentId"],
  "category.too-deep": () => ["/parentId"],
}

type Draft = {
  readonly name: Readonly<Record<string, string>>
  readonly slug: string
  readonly parentId: string
  readonly position: string
}
type Props = {
  readonly target: Target
  readonly all: readonly PlacedCategory[]
  readonly onClose: () => void
  readonly onDone: (told: string) => void
}

/** The ids of a category and of all that lies under it: it can lie under none of these. */
const under = ({ id, children }: { id: string; children: PlacedCategory["children"] }): string[] => [
  id,
  ...children.flatMap(under),
]

/** What a category lies under; nothing for one at the top. */
const parentOf = (all: readonly PlacedCategory[], id: string): string =>
  all.find(({ children }) => children.some((child) => child.id === id))?.id ?? ""

function draftFor(target: Target, all: readonly PlacedCategory[]): Draft {
  if (target.type === "new")
    return { name: { en: "", de: "" }, slug: "", parentId: target.parent ?? "", position: "0" }
  const { id, name, slug, position } = target.category
  return { name: { de: "", ...name }, slug, parentId: parentOf(all, id), position: String(position) }
}

/** Names, moves and places a category. */
export function CategoryDialog({ target, all, onClose, onDone }: Props) {
  const [draft, setDraft] = useState(() => draftFor(target, all))
  const [version, setVersion] = useState(target.type === "edit" ? target.category.version : 0)
  const [theirs, setTheirs] = useState<string>()
  const [key] = useState(newKey)
  const change = (next: Partial<Draft>) => setDraft({ ...draft, ...next })
  const save = useMutation({
    mutationFn: () => send(target, draft, version, key),
    onMutate: () => setTheirs(undefined),
    onSuccess: () =>
      onDone(t(target.type === "new" ? "done.created" : "done.changed", { name: draft.name.en ?? "" })),
    onError: async (error) => {
      if (target.type === "new" || !(error instanceof ApiError && error.problem.status === 412)) return
      const now = await answerOf(catalogGetCategory({ path: { id: target.category.id }, cache: "no-store" }))
      const parent = all.find(({ id }) => id === now.parentId)?.path ?? t("parent.top")
      setVersion(now.version)
      setTheirs([now.name.en, now.slug, parent, now.position].join(" · "))
    },
  })
  const impossible = target.type === "edit" ? under(target.category) : []
  const isNew = target.type === "new"
  const rename = (language: string, text: string) => {
    const follows = isNew && language === "en" && draft.slug === slugOf(draft.name.en ?? "")
    change({ name: { ...draft.name, [language]: text }, ...(follows && { slug: slugOf(text) }) })
  }
  return (
    <FormDialog
      title={isNew ? t("new.title") : t("edit.title", { name: target.category.path })}
      onClose={onClose}
    >
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <MistakesOf error={save.error} places={places}>
          {Object.keys(draft.name)
            .toSorted((a, b) => (a === "en" ? -1 : b === "en" ? 1 : a < b ? -1 : 1))
            .map((language) => (
              <TextField
                key={language}
                label={t("name", { language: languageName(language) })}
                value={draft.name[language] ?? ""}
                onChange={(text) => rename(language, text)}
                pointer={`/name/${language}`}
                maxLength={100}
                required={language === "en"}
              />
            ))}
          <TextField
            label={t("slug")}
            value={draft.slug}
            onChange={(slug) => change({ slug })}
            hint={t("slug-hint", { slug: draft.slug })}
            pattern="[a-z0-9]+(-[a-z0-9]+)*"
            says={t("slug-says")}
            pointer="/slug"
            maxLength={120}
            required
          />
          <ChoiceField
            label={t("parent")}
            value={draft.parentId}
            choices={[
              ["", t("parent.top")],
              ...all.filter(({ id }) => !impossible.includes(id)).map(({ id, path }) => [id, path] as const),
            ]}
            onChange={(parentId) => change({ parentId })}
            pointer="/parentId"
          />
          <TextField
            label={t("position")}
            value={draft.position}
            onChange={(position) => change({ position })}
            hint={t("position-hint")}
            pattern="[0-9]{1,6}"
            says={common("form.whole")}
            inputMode="numeric"
            pointer="/position"
            required
          />
        </MistakesOf>
        {theirs === undefined ? (
          save.error && <ProblemNotice error={save.error} />
        ) : (
          <div className="notice" role="alert">
            <p>{t("stale")}</p>
            <p>{theirs}</p>
            <p>{t("stale-again")}</p>
          </div>
        )}
        <div className="actions">
          <button type="submit" className="button" disabled={save.isPending}>
            {t(isNew ? "create" : "save")}
          </button>
          <button type="button" className="button button-quiet" onClick={onClose}>
            {t("cancel")}
          </button>
        </div>
      </form>
    </FormDialog>
  )
}

function send(target: Target, { name, slug, parentId, position }: Draft, version: number, key: string) {
  const place = { slug, position: Number(position) }
  const filled = Object.entries(name).filter(([, text]) => text.trim() !== "")
  if (target.type === "new") {
    const body = { ...place, name: Object.fromEntries(filled), ...(parentId !== "" && { parentId }) }
    return answerOf(catalogCreateCategory({ body, headers: { "Idempotency-Key": key } }))
  }
  const texts = Object.entries(name).map(([language, text]) => [language, text.trim() || null] as const)
  return answerOf(
    catalogPatchCategory({
      path: { id: target.category.id },
      body: { ...place, name: Object.fromEntries(texts), parentId: parentId === "" ? null : parentId },
      headers: { "If-Match": `"${version}"` },
    }),
  )
}
