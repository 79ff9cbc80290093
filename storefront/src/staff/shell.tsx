import { onlineManager } from "@tanstack/react-query"
import { Link, Outlet, useRouterState } from "@tanstack/react-router"
import { useState, useSyncExternalStore } from "react"
import { Page } from "../design/page.tsx"
import {
  type Customer,
  signIn,
  signOut,
  useCustomer,
  useLastCustomer,
  useSignInEnded,
} from "../session/session.ts"
import { currentLanguage, type Language, languages, rememberLanguage } from "../texts/texts.ts"
import { navigation } from "./areas.ts"
import { mayVisit } from "./roles.ts"
import { t } from "./texts.ts"

/** What is around every page of the staff; whoever is not signed in sees nothing else. */
export function Shell() {
  const signedIn = useCustomer()
  const person = useLastCustomer()
  return (
    <div className="staff">
      <a className="skip-link" href="#main">
        {t("shell.skip")}
      </a>
      <Header person={signedIn} />
      {person && <Navigation roles={person.roles} />}
      <main id="main" tabIndex={-1}>
        <OfflineNotice />
        <SignInEnded />
        {person ? <Outlet /> : <SignInFirst />}
      </main>
    </div>
  )
}

function Header({ person }: { person: Customer | undefined }) {
  return (
    <header className="staff-header">
      <Link to="/back-office" className="brand">
        <img src="/icon.svg" alt="" width="24" height="24" />
        {t("shell.brand")}
      </Link>
      <a href="/" className="header-link">
        {t("shell.shop")}
      </a>
      <LanguageChoice />
      {person ? (
        <>
          <span className="staff-name">{person.name}</span>
          <button type="button" className="header-link" onClick={() => void signOut()}>
            {t("shell.sign-out")}
          </button>
        </>
      ) : (
        <button type="button" className="header-link" onClick={() => void signIn()}>
          {t("shell.sign-in")}
        </button>
      )}
    </header>
  )
}

/** Another language is another load of the page, which asks first where something is not saved. */
function LanguageChoice() {
  const choose = (language: Language) => {
    rememberLanguage(language)
    location.reload()
  }
  return (
    <label className="language">
      <span className="visually-hidden">{t("shell.language")}</span>
      <select value={currentLanguage()} onChange={({ target }) => choose(target.value as Language)}>
        {Object.entries(languages).map(([code, name]) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

/** The ways to all pages. Where there is little room they are behind a button, and gone again on the next page. */
function Navigation({ roles }: { roles: readonly string[] }) {
  const pathname = useRouterState({ select: ({ location }) => location.pathname })
  const [openAt, setOpenAt] = useState<string>()
  const isOpen = openAt === pathname
  return (
    <nav className="staff-navigation" aria-label={t("shell.navigation")} data-open={isOpen}>
      <button
        type="button"
        className="button button-small button-quiet staff-menu"
        aria-expanded={isOpen}
        onClick={() => setOpenAt(isOpen ? undefined : pathname)}
      >
        {t("shell.menu")}
      </button>
      {navigation.map(({ label, entries }) => {
        const mine = entries.filter((entry) => mayVisit(entry, roles))
        return mine.length === 0 ? null : (
          <div key={label}>
            <h2 className="staff-navigation-label">{label}</h2>
            <ul>
              {mine.map((entry) => (
                <li key={entry.to}>
                  <Link to={entry.to} className="staff-navigation-link">
                    {entry.label}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        )
      })}
    </nav>
  )
}

function OfflineNotice() {
  const isOnline = useSyncExternalStore(onlineManager.subscribe.bind(onlineManager), () =>
    onlineManager.isOnline(),
  )
  return (
    <div role="status" aria-live="polite">
      {!isOnline && <p className="offline">{t("shell.offline")}</p>}
    </div>
  )
}

/** What is on the page stays: whoever signs in again leaves it, which asks first where something is not saved. */
function SignInEnded() {
  const hasEnded = useSignInEnded()
  return (
    <div role="status">
      {hasEnded && (
        <div className="notice">
          <p>{t("shell.sign-in-ended")}</p>
          <button type="button" className="button button-small" onClick={() => void signIn()}>
            {t("shell.sign-in")}
          </button>
        </div>
      )}
    </div>
  )
}

function SignInFirst() {
  return (
    <Page title={t("sign-in.title")}>
      <p>{t("sign-in.says")}</p>
      <p className="actions">
        <button type="button" className="button" onClick={() => void signIn()}>
          {t("shell.sign-in")}
        </button>
      </p>
    </Page>
  )
}
