import type { ServerResponse } from "node:http"
import { type Account, customers, staff } from "./accounts.ts"

const style = `
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; }
  ul { list-style: none; padding: 0; display: grid; gap: .5rem; }
  button { font: inherit; text-align: start; padding: .5rem .75rem; width: 100%; cursor: pointer; }
  input { font: inherit; padding: .5rem; width: 100%; box-sizing: border-box; margin-bottom: .5rem; }
  small { display: block; }
`

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/**
 * Answers a page that runs nothing and is shown in no frame.
 * @param formTarget where else than here its form may lead: browsers hold a policy against redirects as well
 */
export function page(
  response: ServerResponse,
  status: number,
  { title, content, formTarget = "" }: { title: string; content: string; formTarget?: string },
): void {
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": `default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' ${formTarget}`,
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  })
  response.end(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
      `<title>${escapeHtml(title)}</title><style>${style}</style></head><body><main><h1>${escapeHtml(title)}</h1>${content}</main></body></html>`,
  )
}

const hiddenFields = (parameters: URLSearchParams): string =>
  [...parameters]
    .filter(([name]) => name !== "account" && name !== "confirmed")
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`)
    .join("")

function accountList(heading: string, accounts: readonly Account[], hint: string | undefined): string {
  const items = accounts.map(
    ({ name, title, roles }) =>
      `<li><button name="account" value="${name}"${name === hint ? " autofocus" : ""}>${escapeHtml(title)}` +
      `${roles.length > 0 ? `<small>${roles.join(", ")}</small>` : ""}</button></li>`,
  )
  return `<h2>${heading}</h2><ul>${items.join("")}</ul>`
}

/**
 * The accounts that one can sign in with, a button each, and a field for any other customer.
 * @param parameters of the authorization request, which the form sends along
 * @param hint the account that has the focus
 */
export function signInPage(parameters: URLSearchParams, hint: string | undefined): string {
  const isListed = [...customers, ...staff].some(({ name }) => name === hint)
  const other = hint !== undefined && !isListed ? ` value="${escapeHtml(hint)}" autofocus` : ""
  const form = (content: string) =>
    `<form method="post" action="/authorize">${hiddenFields(parameters)}${content}</form>`
  return (
    "<p>This provider is for development: it asks for no password and authenticates nobody. Choose who you are.</p>" +
    form(accountList("Customers", customers, hint)) +
    form(
      `<label for="account">Another customer, by any name</label>` +
        `<input id="account" name="account" required maxlength="64" pattern="[A-Za-z0-9][A-Za-z0-9._\\-]*" autocomplete="off"${other}>` +
        `<button>Sign in</button>`,
    ) +
    form(accountList("Staff", staff, hint))
  )
}

/** Asks whether to sign out, where nothing proves that the person wants to. */
export const signOutPage = (parameters: URLSearchParams): string =>
  `<p>Do you want to sign out?</p><form method="post" action="/end-session">${hiddenFields(parameters)}` +
  `<button name="confirmed" value="yes">Sign out</button></form>`

export const messagePage = (text: string): string => `<p>${escapeHtml(text)}</p>`
