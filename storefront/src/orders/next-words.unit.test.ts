import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { chooseLanguage } from "../texts/texts.ts"
import { nextWords } from "./next-words.ts"

beforeEach(() => {
  vi.stubGlobal("localStorage", { setItem() {}, getItem: () => null })
  vi.stubGlobal("location", { pathname: "/" })
  vi.stubGlobal("document", { documentElement: {} })
  vi.stubGlobal("navigator", { languages: ["de-DE", "en"] })
})
afterEach(async () => {
  await chooseLanguage("en")
  vi.unstubAllGlobals()
})

const running = { id: "1", status: "running" as const }
const waiting = { ...running, step: "awaiting-confirmation", until: "2026-11-01T14:32:00.000Z" }

test("a process says in the visitor's language what it waits for, until when, and what follows", async () => {
  await chooseLanguage("en")
  expect(nextWords(waiting)).toMatch(
    /^We wait until .*:32.* for you to confirm the payment; then the order is cancelled\.$/,
  )
  await chooseLanguage("de")
  expect(nextWords(waiting)).toMatch(
    /^Wir warten bis .*:32.* bestätigen; danach wird die Bestellung storniert\.$/,
  )
  expect(nextWords({ ...waiting, needsAttention: true })).toMatch(/^Bei uns hakt etwas/)
})

test("what has ended, and a step that a shopper need not know, is not told of", () => {
  expect(nextWords({ ...waiting, status: "completed" })).toBeUndefined()
  expect(nextWords({ ...running, step: "reading-order" })).toBeUndefined()
  expect(nextWords(running)).toBeUndefined()
})
