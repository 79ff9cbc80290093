import { useQueries, useQuery } from "@tanstack/react-query"
import { inLanguage } from "../../../../texts/texts.ts"
import { ChoiceField } from "../../../parts/fields.tsx"
import { ProductSearch } from "./product-search.tsx"
import type { ScopeForm } from "./rule-form.ts"
import { categoriesQuery, productQuery } from "./rules.ts"
import { t } from "./texts.ts"

type Kind = keyof ScopeForm
type Props = {
  legend: string
  /** What it means that nothing is named. */
  everything: string
  scope: ScopeForm
  change: (scope: ScopeForm) => void
}

/** Chooses categories, products and variants. */
export function ScopeField({ legend, everything, scope, change }: Props) {
  const { data: categories = [] } = useQuery(categoriesQuery)
  const products = useQueries({ queries: scope.products.map(productQuery) })
  const add = (kind: Kind, id: string) => change({ ...scope, [kind]: [...new Set([...scope[kind], id])] })
  const remove = (kind: Kind, id: string) =>
    change({ ...scope, [kind]: scope[kind].filter((one) => one !== id) })
  const chosen: { kind: Kind; id: string; name: string }[] = [
    ...scope.categories.map((id) => ({
      kind: "categories" as const,
      id,
      name: categories.find((one) => one.id === id)?.name ?? id,
    })),
    ...scope.products.map((id, index) => ({
      kind: "products" as const,
      id,
      name: inLanguage(products[index]?.data?.name ?? { en: id }),
    })),
    ...scope.skus.map((id) => ({ kind: "skus" as const, id, name: id })),
  ]
  return (
    <fieldset className="scope-field">
      <legend>{legend}</legend>
      {chosen.length === 0 ? (
        <p className="hint">{everything}</p>
      ) : (
        <ul className="chips">
          {chosen.map(({ kind, id, name }) => (
            <li key={kind + id} className="chip">
              {name}
              <button type="button" aria-label={t("scope.remove", { name })} onClick={() => remove(kind, id)}>
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="field-pair">
        <ChoiceField
          label={t("scope.add-category")}
          value=""
          choices={[
            ["", t("scope.choose")],
            ...categories.map(({ id, name, depth }) => [id, "  ".repeat(depth) + name] as const),
          ]}
          onChange={(id) => id !== "" && add("categories", id)}
        />
        <ProductSearch
          label={t("scope.search")}
          hasProducts
          choose={(found) => (found.kind === "product" ? add("products", found.id) : add("skus", found.sku))}
        />
      </div>
    </fieldset>
  )
}
