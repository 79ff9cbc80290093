import { useQuery } from "@tanstack/react-query"
import { getRouteApi, Link, useNavigate, useRouter } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { Loading } from "../design/loading.tsx"
import { Page } from "../design/page.tsx"
import { ProblemNotice } from "../design/problem-notice.tsx"
import { plural, t } from "../texts/texts.ts"
import { type Found, searchQuery } from "./catalog.ts"
import { Facets } from "./facets.tsx"
import { type ListSearch, type Sort, sorts, valuesOf } from "./list-search.ts"
import { ProductGrid } from "./product-card.tsx"

const route = getRouteApi("/products")

export function ListPage() {
  return <ProductList search={route.useSearch()} />
}

/** What an address asks for, and how it is narrowed: then it is a list's address. @param above stands before the heading */
export function ProductList({ search, above }: { search: ListSearch; above?: ReactNode }) {
  const navigate = useNavigate()
  const { data, error, refetch, isPlaceholderData } = useQuery(searchQuery(search))
  const change = (next: ListSearch) =>
    void navigate({
      to: "/products",
      search: { ...search, cursor: undefined, ...next },
      resetScroll: false,
    })
  return (
    <Page title={titleOf(search, data)} className="list" above={above}>
      {error && <ProblemNotice error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && (
        <div className="list-columns">
          <Facets search={search} found={data} change={change} />
          <div className="list-results" aria-busy={isPlaceholderData}>
            <div className="list-bar">
              <p role="status">{plural("list.found", data.total)}</p>
              <SortField sort={search.sort} change={change} />
            </div>
            {data.didYouMean !== undefined && <DidYouMean words={data.didYouMean} />}
            {data.total === 0 ? <NothingFound q={search.q} /> : <ProductGrid cards={data.items} eager={4} />}
            <Pages search={search} nextCursor={data.nextCursor} />
          </div>
        </div>
      )}
    </Page>
  )
}

function titleOf({ q, category, brand }: ListSearch, found: Found | undefined): string {
  if (q !== undefined) return t("list.title.search", { q })
  const categories = valuesOf(category)
  const named = found?.facets.categories.find(
    ({ slug, id }) => categories[0] === slug || categories[0] === id,
  )
  if (categories.length === 1 && named) return named.name
  const brands = valuesOf(brand)
  if (brands.length === 1 && categories.length === 0) return brands[0] as string
  return t("list.title")
}

function SortField({ sort, change }: { sort: Sort | undefined; change: (next: ListSearch) => void }) {
  return (
    <label className="sort-field">
      <span>{t("list.sort")}</span>
      <select
        value={sort ?? "relevance"}
        onChange={({ target }) =>
          change({ sort: target.value === "relevance" ? undefined : (target.value as Sort) })
        }
      >
        {sorts.map((name) => (
          <option key={name} value={name}>
            {t(`list.sort.${name}`)}
          </option>
        ))}
      </select>
    </label>
  )
}

function DidYouMean({ words }: { words: string }) {
  return (
    <p className="notice">
      {t("list.did-you-mean")}{" "}
      <Link to="/products" search={{ q: words }}>
        {words}
      </Link>
    </p>
  )
}

function NothingFound({ q }: { q: string | undefined }) {
  return (
    <div className="empty">
      <p>{t(q === undefined ? "list.nothing" : "list.nothing-for", { q: q ?? "" })}</p>
      <Link to="/products" className="button">
        {t("list.show-all")}
      </Link>
    </div>
  )
}

/** The API pages forward by cursor. The way back is the browser's, and the first page from anywhere. */
function Pages({ search, nextCursor }: { search: ListSearch; nextCursor: string | null }) {
  const router = useRouter()
  const camePaging = router.state.location.state.paging === true
  if (search.cursor === undefined && nextCursor === null) return null
  return (
    <nav className="pages" aria-label={t("list.pages")}>
      {search.cursor !== undefined &&
        (camePaging ? (
          <button type="button" className="button button-quiet" onClick={() => router.history.back()}>
            {t("list.previous")}
          </button>
        ) : (
          <Link to="/products" search={{ ...search, cursor: undefined }} className="button button-quiet">
            {t("list.first")}
          </Link>
        ))}
      {nextCursor !== null && (
        <Link
          to="/products"
          search={{ ...search, cursor: nextCursor }}
          state={{ paging: true }}
          className="button button-quiet"
        >
          {t("list.next")}
        </Link>
      )}
    </nav>
  )
}

declare module "@tanstack/react-router" {
  interface HistoryState {
    /** Whether this page was reached from the one before it. */
    paging?: boolean
  }
}
