import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { inLanguage, t } from "../texts/texts.ts"
import { trailQuery } from "./catalog.ts"

/** Where a page lies in the tree of categories. Its line is there before the categories are. */
export function Breadcrumbs({ category }: { category: string | undefined }) {
  const trail = useQuery(trailQuery(category)).data ?? []
  return (
    <nav className="trail" aria-label={t("trail.label")}>
      <ol>
        <li>
          <Link to="/products" activeOptions={{ exact: true }}>
            {t("trail.products")}
          </Link>
        </li>
        {trail.map(({ id, slug, name }) => (
          <li key={id}>
            <Link to="/categories/$slug" params={{ slug }}>
              {inLanguage(name)}
            </Link>
          </li>
        ))}
      </ol>
    </nav>
  )
}
