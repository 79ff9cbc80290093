import type { ReactNode } from "react"
import { money } from "../texts/format.ts"
import { hasText, t } from "../texts/texts.ts"
import type { Found } from "./catalog.ts"
import { attributesOf, type ListSearch, toggleAttribute, toggleValue, valuesOf } from "./list-search.ts"

type Change = (next: ListSearch) => void

/** So many values of a filter are shown before somebody asks for all. */
const SHOWN = 8

/** What the list may be narrowed to. A count respects the filters of the other groups, not those of its own. */
export function Facets({ search, found, change }: { search: ListSearch; found: Found; change: Change }) {
  const { facets } = found
  const categories = valuesOf(search.category)
  const brands = valuesOf(search.brand)
  const attributes = attributesOf(search.attributes)
  const isFiltered = Object.keys(search).some((name) => !["q", "sort", "cursor"].includes(name))
  return (
    <details className="facets" open={matchMedia("(min-width: 56rem)").matches}>
      <summary className="facets-summary">{t("facets.title")}</summary>
      {isFiltered && (
        <button
          type="button"
          className="button button-small button-quiet"
          onClick={() =>
            change({
              ...{ category: undefined, brand: undefined, attributes: undefined },
              ...{ minPrice: undefined, maxPrice: undefined, inStock: undefined },
            })
          }
        >
          {t("facets.clear")}
        </button>
      )}
      <Group title={t("facets.category")}>
        <Options
          options={facets.categories.map(({ id, slug, name, count }) => ({
            value: slug,
            label: name,
            count,
            isChosen: categories.includes(slug) || categories.includes(id),
          }))}
          toggle={(value) => change({ category: toggleValue(search.category, value) })}
        />
      </Group>
      <Prices search={search} found={found} change={change} />
      <Group title={t("facets.brand")}>
        <Options
          options={facets.brands.map(({ value, count }) => ({
            ...{ value, label: value, count },
            isChosen: brands.includes(value),
          }))}
          toggle={(value) => change({ brand: toggleValue(search.brand, value) })}
        />
      </Group>
      <Group title={t("facets.stock")}>
        <Options
          options={facets.inStock
            .filter(({ value }) => value)
            .map(({ count }) => ({
              value: "yes",
              label: t("facets.in-stock"),
              count,
              isChosen: search.inStock === true,
            }))}
          toggle={() => change({ inStock: search.inStock ? undefined : true })}
        />
      </Group>
      {facets.attributes.map(({ name, values }) => (
        <Group key={name} title={attributeName(name)} isOpen={attributes.has(name)}>
          <Options
            options={values.map(({ value, count }) => ({
              ...{ value, label: attributeValue(value), count },
              isChosen: attributes.get(name)?.includes(value) ?? false,
            }))}
            toggle={(value) => change({ attributes: toggleAttribute(search.attributes, name, value) })}
          />
        </Group>
      ))}
    </details>
  )
}

/** An attribute's name for people: `weight-grams` where the catalogue of texts has nothing better. */
export function attributeName(name: string): string {
  const key = `attribute.${name}`
  if (hasText(key)) return t(key)
  const words = name.replaceAll("-", " ")
  return words.charAt(0).toUpperCase() + words.slice(1)
}

export const attributeValue = (value: unknown): string =>
  value === true || value === "true"
    ? t("attribute.yes")
    : value === false || value === "false"
      ? t("attribute.no")
      : String(value)

function Group({ title, children, isOpen = true }: { title: string; children: ReactNode; isOpen?: boolean }) {
  return (
    <details className="facet" open={isOpen}>
      <summary>{title}</summary>
      {children}
    </details>
  )
}

type Option = { value: string; label: string; count: number; isChosen: boolean }

function Options({ options, toggle }: { options: readonly Option[]; toggle: (value: string) => void }) {
  const shown = options.filter(({ isChosen }, index) => isChosen || index < SHOWN)
  const hidden = options.filter((option) => !shown.includes(option))
  const item = ({ value, label, count, isChosen }: Option) => (
    <li key={value}>
      <label className="facet-option">
        <input type="checkbox" checked={isChosen} onChange={() => toggle(value)} />
        <span>{label}</span>
        <span className="facet-count">{count}</span>
      </label>
    </li>
  )
  return (
    <>
      <ul className="facet-options">{shown.map(item)}</ul>
      {hidden.length > 0 && (
        <details className="facet-more">
          <summary>{t("facets.more", { count: hidden.length })}</summary>
          <ul className="facet-options">{hidden.map(item)}</ul>
        </details>
      )}
    </>
  )
}

function Prices({ search, found, change }: { search: ListSearch; found: Found; change: Change }) {
  const range = ({ min, max }: { min: number; max?: number }) => {
    const show = (amount: number) => money({ amount, currency: "USD" })
    return max === undefined
      ? t("facets.price-from", { min: show(min) })
      : t("facets.price-range", { min: show(min), max: show(max) })
  }
  return (
    <Group title={t("facets.price")}>
      <Options
        options={found.facets.prices.map(({ min, max, count }) => ({
          value: `${min}-${max ?? ""}`,
          label: range(max === undefined ? { min } : { min, max }),
          count,
          isChosen: search.minPrice === min && search.maxPrice === max,
        }))}
        toggle={(value) => {
          const [min, max] = value.split("-")
          const isChosen = search.minPrice === Number(min) && String(search.maxPrice ?? "") === max
          change({
            minPrice: isChosen ? undefined : Number(min),
            maxPrice: isChosen || !max ? undefined : Number(max),
          })
        }}
      />
    </Group>
  )
}
