import type { Page } from "playwright-core"

/** More stops than any page has: whoever is not through by then is caught somewhere. */
const MOST_STOPS = 200

/** What has the focus: what it is called and what is wrong with it; nothing once the focus has left the page. */
type Stop = { readonly name: string; readonly mistake: string } | null

/**
 * Goes through a page by Tab alone, from its beginning until the focus leaves it.
 * @returns the names of what had the focus, in order, and what a person with a keyboard would complain of
 */
export async function walkByKeyboard(page: Page): Promise<{ stops: string[]; mistakes: string[] }> {
  await page.evaluate(toTheBeginning)
  const stops: string[] = []
  const mistakes: string[] = []
  while (stops.length < MOST_STOPS) {
    await page.keyboard.press("Tab")
    const stop = await page.evaluate<Stop>(stopHere)
    if (stop === null) return { stops, mistakes }
    stops.push(stop.name)
    if (stop.mistake !== "") mistakes.push(`${stop.name} ${stop.mistake}`)
  }
  return { stops, mistakes: [...mistakes, "the focus does not leave the page"] }
}

// What runs in the page is text: the types of a page are none of the tests'.
const toTheBeginning = `(() => {
  document.body.tabIndex = -1
  document.body.focus()
  document.body.removeAttribute("tabindex")
  scrollTo(0, 0)
})()`

// What is shown of the focus may begin with the next frame.
const stopHere = `(async () => {
  const look = () => {
    const element = document.activeElement
    if (!element || element === document.body) return null
    const says =
      element.getAttribute("aria-label") || element.labels?.[0]?.textContent || element.textContent || element.title
    const name = (says || element.outerHTML).replace(/\\s+/g, " ").trim().slice(0, 60)
    // A choice's own input is unseen: its label shows where the focus is. What is within a frame shows its ring itself.
    const shown = [element, element.closest("label"), element.parentElement].filter((one) => one !== null)
    const hasRing = element.tagName === "IFRAME" || shown.some((one) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one)
      return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none"
    })
    const { top, bottom, width, height } = (element.closest("label") ?? element).getBoundingClientRect()
    const isSeen = width > 0 && height > 0 && bottom > 0 && top < innerHeight
    return { name, mistake: !says ? "has no name" : !isSeen ? "is not seen" : !hasRing ? "shows no focus" : "" }
  }
  if (look()?.mistake) await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  return look()
})()`
