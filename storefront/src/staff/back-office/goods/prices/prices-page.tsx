import "../goods.css"
import { useQuery } from "@tanstack/react-query"
import { getRouteApi, Link } from "@tanstack/react-router"
import { Loading } from "../../../../design/loading.tsx"
import { Page } from "../../../../design/page.tsx"
import { saysMissing } from "../../../parts/missing.ts"
import { NeedsRole } from "../../../parts/permission.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { useHasRole } from "../../../roles.ts"
import { WRITES_CATALOG } from "../roles.ts"
import { PriceHistory } from "./price-history.tsx"
import { pricesQuery } from "./prices.ts"
import { PricesEditor } from "./prices-editor.tsx"
import { t } from "./texts.ts"

const route = getRouteApi("/back-office/variants/$sku/prices")

/** What a variant costs whom and when, and what it did. */
export function PricesPage() {
  const { sku } = route.useParams()
  const isWriter = useHasRole(WRITES_CATALOG)
  const { data, error, refetch } = useQuery({ ...pricesQuery(sku), enabled: isWriter })
  const isMissing = saysMissing(error)
  return (
    <Page title={t("title", { sku })} className="goods">
      <NeedsRole role={WRITES_CATALOG} what={t("what")} />
      {isMissing && <p>{t("missing")}</p>}
      {error && !isMissing && <ProblemNotice error={error} again={() => void refetch()} />}
      {isWriter && !data && !error && <Loading />}
      {data && (
        <>
          <p>
            <Link to="/back-office/products/$id" params={{ id: data.prices.productId }}>
              {t("product")}
            </Link>
          </p>
          <PricesEditor key={sku} seen={data} />
          <PriceHistory sku={sku} />
        </>
      )}
    </Page>
  )
}
