import { useMutation } from "@tanstack/react-query"
import { useState } from "react"
import { ApiError } from "../../../../api/api.ts"
import { money } from "../../../../texts/format.ts"
import { AmountField } from "../../../parts/amount-field.tsx"
import { FormDialog } from "../../../parts/dialog.tsx"
import { ChoiceField, TextField } from "../../../parts/fields.tsx"
import { MistakesOf } from "../../../parts/mistakes.tsx"
import { t as common } from "../../../parts/texts.ts"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { languageName } from "../products/texts-fields.tsx"
import {
  CURRENCY,
  draftOf,
  type Method,
  type MethodDraft,
  newMethod,
  type Terms,
  termsFrom,
} from "./method-draft.ts"
import { NOT_THERE, putMethod, readMethod, type Seen } from "./shipping.ts"
import { t } from "./texts.ts"

type Props = {
  /** The method as it was read; nothing for one that is to come. */
  readonly seen: Seen | undefined
  readonly onClose: () => void
  readonly onDone: (method: Method) => void
}

/** Adds a way to ship, or changes what is said of it. */
export function MethodDialog({ seen, onClose, onDone }: Props) {
  const [draft, setDraft] = useState(() => (seen ? draftOf(seen.method) : newMethod()))
  const [etag, setEtag] = useState(seen?.etag ?? NOT_THERE)
  const [theirs, setTheirs] = useState<Method>()
  const change = (next: Partial<MethodDraft>) => setDraft({ ...draft, ...next })
  const save = useMutation({
    mutationFn: (terms: Terms) => putMethod(draft.id, terms, etag),
    onMutate: () => setTheirs(undefined),
    onSuccess: onDone,
    onError: async (error) => {
      if (!seen || !isStale(error)) return
      const now = await readMethod(draft.id)
      setEtag(now.etag)
      setTheirs(now.method)
    },
  })
  return (
    <FormDialog
      title={seen ? t("dialog.edit", { name: seen.method.name.en ?? draft.id }) : t("dialog.new")}
      onClose={onClose}
    >
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault()
          const terms = termsFrom(draft)
          if (terms) save.mutate(terms)
        }}
      >
        <MistakesOf error={save.error}>
          {!seen && (
            <TextField
              label={t("id")}
              value={draft.id}
              onChange={(id) => change({ id })}
              hint={t("dialog.id-says")}
              pattern="[a-z0-9]+(-[a-z0-9]+)*"
              says={common("form.name")}
              maxLength={40}
              required
            />
          )}
          <MethodFields draft={draft} change={change} />
        </MistakesOf>
        <Refused error={save.error} isNew={!seen} theirs={theirs} />
        <div className="actions">
          <button type="submit" className="button" disabled={save.isPending}>
            {t("dialog.save")}
          </button>
          <button type="button" className="button button-quiet" onClick={onClose}>
            {t("dialog.cancel")}
          </button>
        </div>
      </form>
    </FormDialog>
  )
}

const isStale = (error: unknown): boolean => error instanceof ApiError && error.problem.status === 412

function Refused(props: { error: Error | null; isNew: boolean; theirs: Method | undefined }) {
  const { error, isNew, theirs } = props
  if (theirs)
    return (
      <div className="notice" role="alert">
        <p>{t("dialog.stale")}</p>
        <p>
          {theirs.name.en} · {money(theirs.price)} · {theirs.countries?.join(", ") ?? t("everywhere")}
        </p>
        <p>{t("dialog.stale-again")}</p>
      </div>
    )
  if (isNew && isStale(error))
    return (
      <p className="notice notice-problem" role="alert">
        {t("dialog.there")}
      </p>
    )
  return error && <ProblemNotice error={error} />
}

function MethodFields(props: { draft: MethodDraft; change: (next: Partial<MethodDraft>) => void }) {
  const { draft, change } = props
  const days = (member: "min" | "max") => (
    <TextField
      label={t(`dialog.${member}`)}
      value={draft[member]}
      onChange={(value) => change({ [member]: value })}
      hint={t("dialog.days-hint")}
      pattern="[0-9]{1,3}"
      says={common("form.whole")}
      inputMode="numeric"
      pointer={`/days/${member}`}
      required={draft.min !== "" || draft.max !== ""}
    />
  )
  return (
    <>
      {Object.keys(draft.name)
        .toSorted((a, b) => (a === "en" ? -1 : b === "en" ? 1 : a < b ? -1 : 1))
        .map((language) => (
          <TextField
            key={language}
            label={t("dialog.name", { language: languageName(language) })}
            value={draft.name[language] ?? ""}
            onChange={(text) => change({ name: { ...draft.name, [language]: text } })}
            pointer={`/name/${language}`}
            maxLength={100}
            required={language === "en"}
          />
        ))}
      <TextField
        label={t("dialog.countries")}
        value={draft.countries}
        onChange={(countries) => change({ countries })}
        hint={t("dialog.countries-hint")}
        pattern="\s*([A-Za-z]{2}([\s,;]+|$))*"
        says={t("dialog.countries-hint")}
        pointer="/countries"
      />
      <div className="columns">
        <AmountField
          label={t("dialog.price")}
          value={draft.price}
          currency={CURRENCY}
          onChange={(price) => change({ price })}
          pointer="/price"
          required
        />
        <AmountField
          label={t("dialog.free-from")}
          value={draft.freeFrom}
          currency={CURRENCY}
          onChange={(freeFrom) => change({ freeFrom })}
          pointer="/freeFrom"
        />
        {days("min")}
        {days("max")}
        <TextField
          label={t("dialog.tax-category")}
          value={draft.taxCategory}
          onChange={(taxCategory) => change({ taxCategory })}
          pattern="[a-z0-9]+(-[a-z0-9]+)*"
          says={common("form.name")}
          pointer="/taxCategory"
          maxLength={40}
          required
        />
        <ChoiceField
          label={t("dialog.tax")}
          value={draft.includesTax ? "gross" : "net"}
          choices={[
            ["gross", t("dialog.gross")],
            ["net", t("dialog.net")],
          ]}
          onChange={(value) => change({ includesTax: value === "gross" })}
        />
      </div>
    </>
  )
}
