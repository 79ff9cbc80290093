import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { chooseLanguage } from "../texts/texts.ts"
import { discountName, notAppliedWords } from "./discount-words.ts"

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

const usd = (amount: number) => ({ amount, currency: "USD" as const })
const rule = { rule: "A", name: "Sale", outcome: "not-met" as const, reason: "Needs goods", amount: usd(0) }
const value = { needed: usd(100_00), found: usd(40_00) }

test("a discount and why it does not apply are said in the visitor's language", async () => {
  const discount = { reason: "Sale", translations: { de: "Ausverkauf" } }
  const worth = { ...rule, because: { code: "minimum-order-value" as const, value } }
  const by = { ...rule, because: { code: "line" as const, by: { name: "Sale", ...discount } } }
  await chooseLanguage("en")
  expect(discountName(discount)).toBe("Sale")
  expect(notAppliedWords(by)).toBe("does not go with “Sale”")
  await chooseLanguage("de")
  expect(discountName(discount)).toBe("Ausverkauf")
  expect(notAppliedWords(worth)).toBe("ab 100,00\u00a0$; dieser Warenkorb ist 40,00\u00a0$ wert")
  expect(notAppliedWords(by)).toBe("gilt nicht zusammen mit „Ausverkauf“")
})

test("what has no translation, and a reason without parts, stays as it is", async () => {
  await chooseLanguage("de")
  expect([discountName({ reason: "Sale" }), notAppliedWords(rule)]).toEqual(["Sale", "Needs goods"])
})
