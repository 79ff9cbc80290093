import { Link } from "@tanstack/react-router"
import { Page } from "../design/page.tsx"
import { useLastCustomer } from "../session/session.ts"
import { navigation } from "./areas.ts"
import { mayVisit } from "./roles.ts"
import { t } from "./texts.ts"

/** What somebody with these roles can do, as a list of pages. */
export function HomePage() {
  const roles = useLastCustomer()?.roles ?? []
  return (
    <Page title={t("home.title")}>
      <p>{roles.length > 0 ? t("home.says", { roles: roles.join(", ") }) : t("home.nothing")}</p>
      {navigation.map(({ label, entries }) => {
        const mine = entries.filter((entry) => mayVisit(entry, roles))
        return mine.length === 0 ? null : (
          <section key={label} className="home-group">
            <h2>{label}</h2>
            <ul className="home-entries">
              {mine.map((entry) => (
                <li key={entry.to}>
                  <Link to={entry.to} className="home-entry">
                    <strong>{entry.label}</strong>
                    <span>{entry.says}</span>
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        )
      })}
    </Page>
  )
}
