import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { Loading } from "../design/loading.tsx"
import { useTitle } from "../design/page.tsx"
import { ProblemNotice } from "../design/problem-notice.tsx"
import { inLanguage, t } from "../texts/texts.ts"
import { categoriesQuery, searchQuery } from "./catalog.ts"
import type { ListSearch } from "./list-search.ts"
import { ProductGrid } from "./product-card.tsx"

/** A department that the shop puts first. The API marks no product as featured. */
const FEATURED: ListSearch = { category: "smartphones,headphones,coffee", sort: "price-desc", inStock: true }
const NEWEST: ListSearch = { sort: "newest" }

export function HomePage() {
  useTitle(t("home.title"))
  return (
    <div className="page home">
      <section className="hero">
        <h1>{t("home.welcome")}</h1>
        <p>{t("home.says")}</p>
        <Link to="/products" className="button">
          {t("home.browse")}
        </Link>
      </section>
      <Categories />
      <Shelf title={t("home.featured")} search={FEATURED} count={6} eager={6} />
      <Shelf title={t("home.newest")} search={NEWEST} count={6} eager={0} />
    </div>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="shelf">
      <h2>{title}</h2>
      {children}
    </section>
  )
}

function Categories() {
  const { data, error, refetch } = useQuery(categoriesQuery)
  return (
    <Section title={t("home.categories")}>
      {error ? <ProblemNotice error={error} again={() => void refetch()} /> : !data && <Loading />}
      <ul className="category-tiles">
        {data?.items.map((top) => (
          <li key={top.id} className="category-tile">
            <Link to="/products" search={{ category: top.slug }} className="category-tile-name">
              {inLanguage(top.name)}
            </Link>
            <ul className="category-tile-children">
              {top.children.slice(0, 5).map((child) => (
                <li key={child.id}>
                  <Link to="/products" search={{ category: child.slug }}>
                    {inLanguage(child.name)}
                  </Link>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </Section>
  )
}

type ShelfProps = { title: string; search: ListSearch; count: number; eager: number }

function Shelf({ title, search, count, eager }: ShelfProps) {
  const { data, error, refetch } = useQuery(searchQuery(search, count))
  return (
    <Section title={title}>
      {error ? <ProblemNotice error={error} again={() => void refetch()} /> : !data && <Loading />}
      {data && <ProductGrid cards={data.items} eager={eager} />}
      <Link to="/products" search={search} className="shelf-more">
        {t("home.more")}
        <span className="visually-hidden"> {title}</span>
      </Link>
    </Section>
  )
}
