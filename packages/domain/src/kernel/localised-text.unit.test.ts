import { describe, expect, test } from "vitest"
import { inLanguage, localisedLine } from "./localised-text.ts"

describe("a localised text", () => {
  test("is shown in the language asked for, else without its region, else in the default one", () => {
    const text = { en: "Phone", de: "Telefon", "pt-BR": "Telefone celular" }
    expect(["de", "de-AT", "pt-BR", "pt", "fr"].map((language) => inLanguage(text, language))).toEqual([
      "Telefon",
      "Telefon",
      "Telefone celular",
      "Phone",
      "Phone",
    ])
  })

  test.each([
    [{ de: "Telefon" }, false],
    [{ en: "" }, false],
    [{ en: "Phone", EN: "Phone" }, false],
    [{ en: "Phone", de: "Telefon" }, true],
  ])("%j is one: %s", (text, accepted) => {
    expect(localisedLine(20).safeParse(text).success).toBe(accepted)
  })
})
