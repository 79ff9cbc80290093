import { authenticate } from "./intent.ts"
import type { Intent } from "./intent-object.ts"
import { keepIntent, loadIntent, type Workplace } from "./operation.ts"

/** Path of the page, followed by the id of the payment intent. */
export const PAGE_PATH = "/redirect/authenticate/"

/** Where the holder of the card authenticates a payment, as a bank's page would ask. */
export const pageUrl = (base: string, { id, clientSecret }: Intent): string =>
  `${base}${PAGE_PATH}${id}?client_secret=${clientSecret}`

/** What the page answers to a browser: a page, or the way back to the shop. */
export type PageAnswer = { status: number; html: string } | { location: string }

/** Shows the two buttons, or sends the customer on when there is nothing to decide any more. */
export function showPage(at: Workplace, url: URL): PageAnswer {
  const intent = intentOf(at, url)
  if (!intent) return notFound
  return intent.status === "requires_action" ? { status: 200, html: pageOf(intent) } : wayBack(intent)
}

/** Takes the button that was pressed; a second press changes nothing. */
export function pressButton(at: Workplace, url: URL, encoded: string): PageAnswer {
  const answer = new URLSearchParams(encoded).get("answer")
  return at.store.transaction(() => {
    const intent = intentOf(at, url)
    if (!intent) return notFound
    if (intent.status !== "requires_action") return wayBack(intent)
    if (answer !== "authorise" && answer !== "refuse") return { status: 400, html: pageOf(intent) }
    const next = authenticate(intent, answer, at.now())
    keepIntent(at, next)
    return wayBack(next)
  })
}

function intentOf(at: Workplace, url: URL): Intent | undefined {
  const id = url.pathname.slice(PAGE_PATH.length)
  if (!at.store.findIntent(id)) return undefined
  const intent = loadIntent(at, id)
  return url.searchParams.get("client_secret") === intent.clientSecret ? intent : undefined
}

/** The return URL with what Stripe adds to it. */
function wayBack({ id, clientSecret, returnUrl, status }: Intent): PageAnswer {
  const isPaid = status === "requires_capture" || status === "succeeded"
  if (returnUrl === null) {
    const text = isPaid ? "The payment is authorised." : "The payment is not authorised."
    return { status: 200, html: document(`<p>${text} You may close this page.</p>`) }
  }
  const location = new URL(returnUrl)
  location.searchParams.set("payment_intent", id)
  location.searchParams.set("payment_intent_client_secret", clientSecret)
  location.searchParams.set("redirect_status", isPaid ? "succeeded" : "failed")
  return { location: location.href }
}

const notFound: PageAnswer = { status: 404, html: document("<p>There is no such payment.</p>") }

function pageOf({ amount, currency, description }: Intent): string {
  const format = new Intl.NumberFormat("en", { style: "currency", currency })
  const decimals = format.resolvedOptions().maximumFractionDigits ?? 2
  return document(
    `<p>Your bank asks: do you authorise a payment of <strong>${format.format(amount / 10 ** decimals)}</strong>` +
      `${description === null ? "" : ` for ${escapeHtml(description)}`}?</p>` +
      `<form method="post"><button name="answer" value="authorise">Authorise</button> ` +
      `<button name="answer" value="refuse">Refuse</button></form>`,
  )
}

function document(content: string): string {
  const title = "Payment simulator"
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${content}</html>`
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
