import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { ChoiceField } from "../../../parts/fields.tsx"
import type { Change, Draft } from "./draft.ts"
import { categoriesQuery, placed } from "./products.ts"
import { t } from "./texts.ts"

/** The categories that a product is put in: several, each in its place in the tree. */
export function CategoriesField({ draft, change }: { draft: Draft; change: Change }) {
  const { data } = useQuery(categoriesQuery)
  const all = placed(data?.items ?? [])
  const [chosen, setChosen] = useState("")
  const pathOf = (id: string) => all.find((one) => one.id === id)?.path ?? id
  return (
    <fieldset className="chips-field">
      <legend>{t("address.categories")}</legend>
      {draft.categories.length === 0 ? (
        <p className="hint">{t("address.categories-none")}</p>
      ) : (
        <ul className="chips">
          {draft.categories.map((id) => (
            <li key={id} className="chip">
              {pathOf(id)}
              <button
                type="button"
                className="icon-button"
                aria-label={t("address.categories-remove", { name: pathOf(id) })}
                onClick={() => change({ categories: draft.categories.filter((one) => one !== id) })}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="add-row">
        <ChoiceField
          className="field-wide"
          label={t("address.categories-add")}
          value={chosen}
          choices={[
            ["", "…"],
            ...all
              .filter(({ id }) => !draft.categories.includes(id))
              .map(({ id, path }) => [id, path] as const),
          ]}
          onChange={setChosen}
          pointer="/categories"
        />
        <button
          type="button"
          className="button button-small button-quiet"
          disabled={chosen === ""}
          onClick={() => {
            change({ categories: [...draft.categories, chosen] })
            setChosen("")
          }}
        >
          {t("address.categories-do")}
        </button>
      </div>
    </fieldset>
  )
}
