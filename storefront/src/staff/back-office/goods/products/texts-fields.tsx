import { useState } from "react"
import { currentLanguage } from "../../../../texts/texts.ts"
import { LongTextField, TextField } from "../../../parts/fields.tsx"
import { type Change, type Draft, slugOf } from "./draft.ts"
import { t } from "./texts.ts"

const LANGUAGE = "[a-z]{2,3}(-[A-Z]{2})?"

/** What a language is called, where the browser knows it. */
export const languageName = (code: string): string =>
  new Intl.DisplayNames([currentLanguage()], { type: "language", fallback: "code" }).of(code) ?? code

/** The languages that there are texts in, the default one first. */
export const languagesOf = ({ name, description }: Pick<Draft, "name" | "description">): string[] => [
  ...new Set(["en", ...Object.keys(name), ...Object.keys(description)]),
]

/** Name and description in each language. @param isNew then the address follows the name until it is typed */
export function TextsFields(props: { draft: Draft; change: Change; isNew: boolean }) {
  const { draft, change, isNew } = props
  const rename = (language: string, name: string) => {
    const follows = isNew && language === "en" && draft.slug === slugOf(draft.name.en ?? "")
    change({ name: { ...draft.name, [language]: name }, ...(follows && { slug: slugOf(name) }) })
  }
  const remove = (language: string) => {
    const { [language]: _, ...name } = draft.name
    const { [language]: __, ...description } = draft.description
    change({ name, description })
  }
  return (
    <section className="card">
      <h2>{t("texts.title")}</h2>
      {languagesOf(draft).map((language) => (
        <div key={language} className="language-texts">
          <TextField
            label={t("texts.name", { language: languageName(language) })}
            value={draft.name[language] ?? ""}
            onChange={(name) => rename(language, name)}
            pointer={`/name/${language}`}
            maxLength={200}
            required={language === "en"}
          />
          <LongTextField
            label={t("texts.description", { language: languageName(language) })}
            value={draft.description[language] ?? ""}
            onChange={(text) => change({ description: { ...draft.description, [language]: text } })}
            pointer={`/description/${language}`}
            maxLength={10_000}
            required={language === "en"}
          />
          {language !== "en" && (
            <button type="button" className="link-button" onClick={() => remove(language)}>
              {t("texts.remove", { language: languageName(language) })}
            </button>
          )}
        </div>
      ))}
      <AddLanguage add={(language) => change({ name: { ...draft.name, [language]: "" } })} />
    </section>
  )
}

function AddLanguage({ add }: { add: (language: string) => void }) {
  const [code, setCode] = useState("")
  const isCode = new RegExp(`^${LANGUAGE}$`).test(code)
  const finish = () => {
    if (!isCode) return
    add(code)
    setCode("")
  }
  return (
    <div className="add-row">
      <TextField
        label={t("texts.language")}
        value={code}
        onChange={setCode}
        onEnter={finish}
        hint={t("texts.language-hint")}
        pattern={LANGUAGE}
        maxLength={6}
      />
      <button type="button" className="button button-small button-quiet" disabled={!isCode} onClick={finish}>
        {t("texts.add")}
      </button>
    </div>
  )
}
