import { catalogSearchProducts } from "@eshop/shop-client/generated/sdk.gen"
import { queryOptions, useQueries, useQuery } from "@tanstack/react-query"
import { useDeferredValue, useState } from "react"
import { answerOf } from "../../../../api/api.ts"
import { inLanguage } from "../../../../texts/texts.ts"
import { TextField } from "../../../parts/fields.tsx"
import { productQuery } from "./rules.ts"
import { t } from "./texts.ts"

const searchQuery = (q: string) =>
  queryOptions({
    queryKey: ["product-search", q],
    queryFn: () => answerOf(catalogSearchProducts({ query: { q, limit: 6 } })),
    enabled: q.length > 1,
    placeholderData: (before) => before,
  })

/** What was found: a product, or one of its variants. */
export type Found =
  | { readonly kind: "product"; readonly id: string; readonly name: string }
  | { readonly kind: "variant"; readonly sku: string; readonly name: string }

type Props = {
  label: string
  /** Whether products can be chosen as a whole. */
  hasProducts: boolean
  choose: (found: Found) => void
}

/** Finds variants by name or SKU as one types; each hit is a button. */
export function ProductSearch({ label, hasProducts, choose }: Props) {
  const [typed, setTyped] = useState("")
  const q = useDeferredValue(typed.trim())
  const { data } = useQuery(searchQuery(q))
  // What was taken is gone at once: the deferred text still says it.
  const hits = typed !== "" && q.length > 1 ? (data?.items ?? []) : []
  const products = useQueries({ queries: hits.map((hit) => productQuery(hit.id)) })
  const take = (found: Found) => {
    setTyped("")
    choose(found)
  }
  return (
    <div className="product-search">
      <TextField
        label={label}
        type="search"
        value={typed}
        placeholder={t("search.placeholder")}
        onChange={setTyped}
        // A form around it is not to be sent by this.
        onEnter={() => {}}
      />
      {q.length > 1 && data?.items.length === 0 && <p className="hint">{t("search.none")}</p>}
      <ul className="search-hits">
        {hits.map((hit, index) => (
          <li key={hit.id}>
            {hasProducts && (
              <button
                type="button"
                className="search-hit"
                onClick={() => take({ kind: "product", id: hit.id, name: hit.name })}
              >
                {hit.name} <small>{t("scope.product")}</small>
              </button>
            )}
            {products[index]?.data?.variants.map(({ sku, options }) => (
              <button
                key={sku}
                type="button"
                className="search-hit"
                onClick={() =>
                  take({ kind: "variant", sku, name: nameOf(products[index]?.data?.name, options) })
                }
              >
                {nameOf(products[index]?.data?.name, options)} <small>{sku}</small>
              </button>
            ))}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** A variant's name: its product's, with what it differs in. */
const nameOf = (name: Record<string, string> = {}, options: Record<string, string>): string =>
  [inLanguage(name), ...Object.values(options)].join(", ")
