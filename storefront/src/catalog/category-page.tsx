import { useQuery } from "@tanstack/react-query"
import { getRouteApi } from "@tanstack/react-router"
import { MissingPage } from "../app/failures.tsx"
import { Breadcrumbs } from "./breadcrumbs.tsx"
import { trailQuery } from "./catalog.ts"
import { ProductList } from "./list-page.tsx"

const route = getRouteApi("/categories/$slug")

/** The list of a category, at an address that search engines and people can keep. */
export function CategoryPage() {
  const { slug } = route.useParams()
  const { data: trail } = useQuery(trailQuery(slug))
  if (trail?.length === 0) return <MissingPage />
  return <ProductList search={{ category: slug }} above={<Breadcrumbs category={slug} />} />
}
