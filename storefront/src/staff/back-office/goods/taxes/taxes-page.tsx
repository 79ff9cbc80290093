import "../goods.css"
import { useQuery } from "@tanstack/react-query"
import { Link, useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import { Loading } from "../../../../design/loading.tsx"
import { Page } from "../../../../design/page.tsx"
import { countryName } from "../../../../texts/format.ts"
import { TextField } from "../../../parts/fields.tsx"
import { NeedsRole } from "../../../parts/permission.tsx"
import { Table } from "../../../parts/table.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { useHasRole } from "../../../roles.ts"
import { WRITES_CATALOG } from "../roles.ts"
import { countriesQuery } from "./taxes.ts"
import { t } from "./texts.ts"

/** The countries whose tax rates are known. */
export function TaxesPage() {
  const isWriter = useHasRole(WRITES_CATALOG)
  return (
    <Page title={t("title")} className="goods">
      <NeedsRole role={WRITES_CATALOG} what={t("title")} />
      <p className="hint">{t("says")}</p>
      {isWriter && <Countries />}
    </Page>
  )
}

function Countries() {
  const { data, error, refetch } = useQuery(countriesQuery)
  const [code, setCode] = useState("")
  const navigate = useNavigate()
  return (
    <>
      {error && <ProblemNotice error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && data.length > 0 && (
        <Table
          label={t("title")}
          columns={[t("country"), t("code"), { label: t("version"), isNumber: true }]}
        >
          {data.map(({ country, version }) => (
            <tr key={country}>
              <th scope="row">
                <Link to="/back-office/taxes/$country" params={{ country }}>
                  {countryName(country)}
                </Link>
              </th>
              <td>{country}</td>
              <td className="number">{version}</td>
            </tr>
          ))}
        </Table>
      )}
      <form
        className="add-row"
        onSubmit={(event) => {
          event.preventDefault()
          void navigate({ to: "/back-office/taxes/$country", params: { country: code } })
        }}
      >
        <TextField
          label={t("open")}
          value={code}
          onChange={(typed) => setCode(typed.toUpperCase())}
          hint={t("open-hint")}
          pattern="[A-Z]{2}"
          maxLength={2}
          required
        />
        <button type="submit" className="button button-small button-quiet">
          {t("open-do")}
        </button>
      </form>
    </>
  )
}
