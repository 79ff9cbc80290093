import "../goods.css"
import "./products.css"
import { useQuery } from "@tanstack/react-query"
import { getRouteApi } from "@tanstack/react-router"
import { Loading } from "../../../../design/loading.tsx"
import { Page } from "../../../../design/page.tsx"
import { saysMissing } from "../../../parts/missing.ts"
import { NeedsRole } from "../../../parts/permission.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { useHasRole } from "../../../roles.ts"
import { WRITES_CATALOG } from "../roles.ts"
import { ProductEditor } from "./product-editor.tsx"
import { productQuery } from "./products.ts"
import { t } from "./texts.ts"

const route = getRouteApi("/back-office/products/$id")

/** One product, to be changed. */
export function ProductPage() {
  const { id } = route.useParams()
  const isWriter = useHasRole(WRITES_CATALOG)
  const { data, error, refetch } = useQuery({ ...productQuery(id), enabled: isWriter })
  const isMissing = saysMissing(error)
  return (
    <Page title={data?.product.name.en ?? t("list.title")} className="goods">
      <NeedsRole role={WRITES_CATALOG} what={t("list.title")} />
      {isMissing && <p>{t("edit.missing")}</p>}
      {error && !isMissing && <ProblemNotice error={error} again={() => void refetch()} />}
      {isWriter && !data && !error && <Loading />}
      {data && <ProductEditor key={id} seen={data} />}
    </Page>
  )
}
