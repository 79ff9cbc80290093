import { onlineManager } from "@tanstack/react-query"
import { Link, Outlet, useRouterState } from "@tanstack/react-router"
import { useEffect, useRef, useSyncExternalStore } from "react"
import { unitsIn, useCart } from "../cart/cart.ts"
import { SearchBox } from "../catalog/search-box.tsx"
import { signIn, signOut, useCustomer, useSignInEnded } from "../session/session.ts"
import { chooseLanguage, type Language, languages, plural, t, useLanguage } from "../texts/texts.ts"

/** What is around every page. */
export function Shell() {
  const language = useLanguage()
  const main = useFocusOnNavigation()
  return (
    // A key for the language: all texts are said anew.
    <div className="shell" key={language}>
      <a className="skip-link" href="#main">
        {t("shell.skip")}
      </a>
      <Header />
      <OfflineNotice />
      <SignInEnded />
      <main id="main" ref={main} tabIndex={-1}>
        <Outlet />
      </main>
      <Footer />
    </div>
  )
}

/** Takes a keyboard or a screen reader to the new page when somebody has followed a link. */
function useFocusOnNavigation() {
  const main = useRef<HTMLElement>(null)
  const pathname = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname })
  const before = useRef(pathname)
  useEffect(() => {
    const isFirst = before.current === undefined
    if (before.current !== pathname && !isFirst) main.current?.focus({ preventScroll: true })
    before.current = pathname
  }, [pathname])
  return main
}

function Header() {
  const customer = useCustomer()
  const units = unitsIn(useCart().data)
  return (
    <header className="header">
      <div className="header-inner">
        <Link to="/" className="brand">
          <img src="/icon.svg" alt="" width="28" height="28" />
          eShop
        </Link>
        <SearchBox />
        <nav className="header-links" aria-label={t("shell.navigation")}>
          <Link to="/products" className="header-link header-link-products">
            {t("shell.products")}
          </Link>
          {customer ? (
            <>
              <Link to="/orders" className="header-link">
                {t("shell.orders")}
              </Link>
              <Link to="/account" className="header-link" title={customer.name}>
                {t("shell.account")}
              </Link>
              <button type="button" className="header-link" onClick={() => void signOut()}>
                {t("shell.sign-out")}
              </button>
            </>
          ) : (
            <button type="button" className="header-link" onClick={() => void signIn()}>
              {t("shell.sign-in")}
            </button>
          )}
          <Link to="/cart" className="header-link cart-link">
            <CartIcon />
            <span>{t("shell.cart")}</span>
            {units > 0 && (
              <span className="badge">
                {units}
                <span className="visually-hidden"> {plural("shell.cart-items", units)}</span>
              </span>
            )}
          </Link>
        </nav>
      </div>
    </header>
  )
}

const CartIcon = () => (
  <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" className="icon">
    <path d="M3 4h2.2l2.3 11h10.4l2-8H6.2" />
    <circle cx="9" cy="19.5" r="1.4" />
    <circle cx="16.5" cy="19.5" r="1.4" />
  </svg>
)

function OfflineNotice() {
  const isOnline = useSyncExternalStore(
    onlineManager.subscribe.bind(onlineManager),
    () => onlineManager.isOnline(),
    () => true,
  )
  return (
    <div role="status" aria-live="polite">
      {!isOnline && <p className="offline">{t("shell.offline")}</p>}
    </div>
  )
}

function SignInEnded() {
  const hasEnded = useSignInEnded()
  return (
    <div role="status" aria-live="polite">
      {hasEnded && (
        <p className="offline">
          {t("shell.sign-in-ended")}{" "}
          <button type="button" className="link-button" onClick={() => void signIn()}>
            {t("shell.sign-in")}
          </button>
        </p>
      )}
    </div>
  )
}

function Footer() {
  const language = useLanguage()
  return (
    <footer className="footer">
      <div className="footer-inner">
        <nav aria-label={t("footer.navigation")}>
          <ul className="footer-links">
            <li>
              <Link to="/contact">{t("footer.contact")}</Link>
            </li>
            <li>
              <Link to="/find-order">{t("footer.find-order")}</Link>
            </li>
            <li>
              <Link to="/withdraw">{t("footer.withdraw")}</Link>
            </li>
            <li>
              <Link to="/account">{t("footer.data")}</Link>
            </li>
            <li>
              <Link to="/legal">{t("footer.legal")}</Link>
            </li>
          </ul>
        </nav>
        <label className="language">
          <span>{t("footer.language")}</span>
          <select value={language} onChange={(event) => void chooseLanguage(event.target.value as Language)}>
            {Object.entries(languages).map(([code, name]) => (
              <option key={code} value={code} lang={code}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
    </footer>
  )
}
