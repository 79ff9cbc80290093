import "../goods.css"
import { useQuery } from "@tanstack/react-query"
import { getRouteApi, Link } from "@tanstack/react-router"
import { ApiError } from "../../../../api/api.ts"
import { Loading } from "../../../../design/loading.tsx"
import { Page } from "../../../../design/page.tsx"
import { countryName } from "../../../../texts/format.ts"
import { NeedsRole } from "../../../parts/permission.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { useHasRole } from "../../../roles.ts"
import { WRITES_CATALOG } from "../roles.ts"
import { RatesEditor } from "./rates-editor.tsx"
import { ratesQuery } from "./taxes.ts"
import { t } from "./texts.ts"

const route = getRouteApi("/back-office/taxes/$country")

/** What is taxed in a country, and how high. */
export function CountryPage() {
  const { country } = route.useParams()
  const isWriter = useHasRole(WRITES_CATALOG)
  const { data, error, refetch } = useQuery({ ...ratesQuery(country), enabled: isWriter })
  const isMalformed = error instanceof ApiError && error.problem.status === 400
  const name = /^[A-Z]{2}$/.test(country) ? countryName(country) : country
  return (
    <Page title={t("one.title", { country: name })} className="goods">
      <NeedsRole role={WRITES_CATALOG} what={t("title")} />
      <p>
        <Link to="/back-office/taxes">{t("one.back")}</Link>
      </p>
      {isMalformed && <p>{t("one.malformed")}</p>}
      {error && !isMalformed && <ProblemNotice error={error} again={() => void refetch()} />}
      {isWriter && !data && !error && <Loading />}
      {data && <RatesEditor key={country} country={country} seen={data} />}
    </Page>
  )
}
