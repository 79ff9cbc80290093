import type { Page } from "playwright-core"

/** More stops than any page has: whoever is not through by then is caught somewhere. */
const MOST_STOPS = 1_000

/** What has the focus: what it is called and what is wrong with it. */
type Stop = { readonly name: string; readonly mistake: string }

/**
 * Goes by Tab alone through a page, from its beginning until the focus leaves it, or once around an open dialog.
 * @returns the names of what had the focus, in order, and what a person with a keyboard would complain of
 */
export async function walkByKeyboard(page: Page): Promise<{ stops: string[]; mistakes: string[] }> {
  await page.evaluate(toTheBeginning)
  const stops: string[] = []
  const mistakes: string[] = []
  for (;;) {
    await page.keyboard.press("Tab")
    const stop = await page.evaluate<Stop | null>(stopHere)
    if (stop === null) break
    if (stops.length === MOST_STOPS)
      return { stops, mistakes: [...mistakes, "the focus does not leave the page"] }
    stops.push(stop.name)
    if (stop.mistake !== "") mistakes.push(`${stop.name} ${stop.mistake}`)
  }
  return { stops, mistakes: [...mistakes, ...(await page.evaluate<string[]>(neverReached))] }
}

/** The mistakes alone. */
export const keyboardMistakes = async (page: Page): Promise<string[]> =>
  (await walkByKeyboard(page)).mistakes.map((mistake) => `by keyboard: ${mistake}`)

// What runs in the page is text: the types of a page are none of the tests'.
const toTheBeginning = `(() => {
  globalThis.reached = new Set()
  globalThis.before = null
  // An open dialog has the focus already, and keeps it.
  if (document.querySelector("[role=dialog], [role=alertdialog]")) return
  document.body.tabIndex = -1
  document.body.focus()
  document.body.removeAttribute("tabindex")
  scrollTo(0, 0)
})()`

const nameOf = `(element) => {
  const labelledBy = document.getElementById(element.getAttribute("aria-labelledby"))?.textContent
  const says =
    element.getAttribute("aria-label") || labelledBy || element.labels?.[0]?.textContent ||
    element.textContent || element.title || element.alt
  return says ? says.replace(/\\s+/g, " ").trim().slice(0, 60) : ""
}`

// What is shown of the focus may begin with the next frame. Nothing where the focus has left the page, or was here before.
const stopHere = `(async () => {
  const nameOf = ${nameOf}
  const element = document.activeElement
  if (!element || element === document.body) return null
  // The fields within a frame, and day and month of a date, are stops of their own.
  if (reached.has(element) && element !== before) return null
  reached.add(element)
  before = element
  const look = () => {
    const name = nameOf(element)
    // A choice's own input is unseen: its label shows where the focus is. What is within a frame shows its ring itself.
    const shown = [element, element.closest("label"), element.parentElement].filter((one) => one !== null)
    const hasRing = element.tagName === "IFRAME" || shown.some((one) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one)
      return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none"
    })
    const { top, bottom, width, height } = (element.closest("label") ?? element).getBoundingClientRect()
    const isSeen = width > 0 && height > 0 && bottom > 0 && top < innerHeight
    const mistake = !name ? "has no name" : !isSeen ? "is not seen" : !hasRing ? "shows no focus" : ""
    return { name: name || element.outerHTML.slice(0, 100), mistake }
  }
  if (look().mistake) await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  return look()
})()`

// Of the choices of one group Tab reaches one, and the arrows the others.
const neverReached = `(() => {
  const nameOf = ${nameOf}
  // What was put in another one's place once it had the focus was reached.
  const replaced = new Set([...reached].filter(({ isConnected }) => !isConnected).map(nameOf))
  const within = document.querySelector("[role=dialog], [role=alertdialog]") ?? document.body
  const groups = new Set([...reached].filter(({ type }) => type === "radio").map(({ name }) => name))
  return [...within.querySelectorAll("a[href], button, input, select, textarea, summary, iframe, [tabindex]")]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }) && element.tabIndex >= 0 && !element.disabled)
    .filter((element) => !element.closest("[inert], [aria-hidden=true], :disabled"))
    .filter((element) => !reached.has(element) && !replaced.has(nameOf(element)) && !(element.type === "radio" && groups.has(element.name)))
    .map((element) => (nameOf(element) || element.outerHTML.slice(0, 100)) + " is never reached")
})()`
