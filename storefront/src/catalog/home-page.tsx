import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { Loading } from "../design/loading.tsx"
import { useTitle } from "../design/page.tsx"
import { ProblemNotice } from "../design/problem-notice.tsx"
import { inLanguage, t } from "../texts/texts.ts"
import { categoriesQuery, featuredQuery, searchQuery } from "./catalog.ts"
import type { ListSearch } from "./list-search.ts"
import { ProductGrid } from "./product-card.tsx"

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
      <Featured />
      <Newest />
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
            <Link to="/categories/$slug" params={{ slug: top.slug }} className="category-tile-name">
              {inLanguage(top.name)}
            </Link>
            <ul className="category-tile-children">
              {top.children.slice(0, 5).map((child) => (
                <li key={child.id}>
                  <Link to="/categories/$slug" params={{ slug: child.slug }}>
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

/** Nothing where the shop features nothing. */
function Featured() {
  const { data, error, refetch } = useQuery(featuredQuery(12))
  if (data?.items.length === 0) return null
  return (
    <Section title={t("home.featured")}>
      {error ? <ProblemNotice error={error} again={() => void refetch()} /> : !data && <Loading />}
      {data && <ProductGrid cards={data.items} eager={4} />}
    </Section>
  )
}

function Newest() {
  const { data, error, refetch } = useQuery(searchQuery(NEWEST, 6))
  return (
    <Section title={t("home.newest")}>
      {error ? <ProblemNotice error={error} again={() => void refetch()} /> : !data && <Loading />}
      {data && <ProductGrid cards={data.items} />}
      <Link to="/products" search={NEWEST} className="shelf-more">
        {t("home.more")}
        <span className="visually-hidden"> {t("home.newest")}</span>
      </Link>
    </Section>
  )
}
