import type { Page } from "playwright-core"
import { colourRules, fadedIn, violationsOn } from "./axe.ts"
import { keyboardMistakes } from "./keyboard.ts"

const desktop = { width: 1280, height: 860 }
const phone = { width: 400, height: 860 }

/**
 * What somebody could complain of who has the page before them: what axe finds by day and by night, and what is wider than a
 * telephone or cut off there, with letters of twice the size as well.
 */
export async function glanceAt(page: Page): Promise<string[]> {
  const faults = await violationsOn(page)
  await light(page, "dark")
  faults.push(...(await violationsOn(page, colourRules)).map((fault) => `by night: ${fault}`))
  await light(page, "light")
  await page.setViewportSize(phone)
  faults.push(...(await page.evaluate<string[]>(whatIsCut("100%"))).map((fault) => `at 400 px: ${fault}`))
  faults.push(
    ...(await page.evaluate<string[]>(whatIsCut("200%"))).map((fault) => `with large letters: ${fault}`),
  )
  await page.setViewportSize(desktop)
  return faults
}

/** The same, with all that axe finds on a telephone, and what is out of a keyboard's reach. */
export async function examine(page: Page): Promise<string[]> {
  const faults = await glanceAt(page)
  await page.setViewportSize(phone)
  for (const colorScheme of ["light", "dark"] as const) {
    await light(page, colorScheme)
    faults.push(...(await violationsOn(page)).map((fault) => `at 400 px, ${colorScheme}: ${fault}`))
  }
  await light(page, "light")
  await page.setViewportSize(desktop)
  return [...faults, ...(await keyboardMistakes(page))]
}

/** Makes it day or night; colours that fade over are there afterwards. */
async function light(page: Page, colorScheme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme })
  await fadedIn(page)
}

// What runs in the page is text: the types of a page are none of the tests'.
/** @param size of the letters: what is then beyond the screen's edge, and what text its box cuts off. */
const whatIsCut = (size: string) => `(() => {
  const root = document.documentElement
  root.style.fontSize = "${size}"
  const faults = []
  const beyond = root.scrollWidth - root.clientWidth
  const nameOf = (element) => element.tagName.toLowerCase() + (element.className ? "." + element.className : "")
  if (beyond > 0) {
    const widest = [...document.querySelectorAll("main *, header *, footer *")]
      .toSorted((a, b) => b.getBoundingClientRect().right - a.getBoundingClientRect().right)[0]
    faults.push(beyond + " px beyond the screen: " + nameOf(widest))
  }
  const clips = (overflow) => overflow === "hidden" || overflow === "clip"
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const range = document.createRange()
  while (texts.nextNode()) {
    const text = texts.currentNode
    if (!text.data.trim() || !text.parentElement.checkVisibility({ visibilityProperty: true })) continue
    range.selectNodeContents(text)
    const { left, right, top, bottom } = range.getBoundingClientRect()
    for (let box = text.parentElement; box && box !== document.body; box = box.parentElement) {
      const { overflowX, overflowY, clipPath } = getComputedStyle(box)
      // For screen readers alone.
      if (clipPath !== "none") break
      const edge = box.getBoundingClientRect()
      // What scrolls shows all of it in the end.
      if (overflowX === "auto" || overflowX === "scroll" || overflowY === "auto" || overflowY === "scroll") break
      const isCut =
        (clips(overflowX) && (left < edge.left - 2 || right > edge.right + 2)) ||
        (clips(overflowY) && (top < edge.top - 2 || bottom > edge.bottom + 2))
      if (isCut) faults.push("cut in " + nameOf(box) + ": " + text.data.trim().slice(0, 40))
    }
  }
  for (const field of document.querySelectorAll("input, select, button, textarea")) {
    const isOneLine = field.tagName !== "TEXTAREA" && field.checkVisibility() && !/^(checkbox|radio)$/.test(field.type)
    if (isOneLine && field.scrollHeight > field.clientHeight + 2 && getComputedStyle(field).clipPath === "none")
      faults.push("too low for its letters: " + nameOf(field) + " " + (field.labels?.[0] ?? field).textContent.slice(0, 40))
  }
  root.style.fontSize = ""
  return faults
})()`
