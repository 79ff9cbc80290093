// Every text of the staff's pages is there in both languages, with the same values in it.
import { expect, test } from "vitest"
import { de } from "../texts/de.ts"
import { en } from "../texts/en.ts"

type Catalogue = Readonly<Record<string, string>>

const english = import.meta.glob<Catalogue>(["./**/texts.ts", "./**/*-texts.ts"], {
  import: "en",
  eager: true,
})
const german = import.meta.glob<Catalogue>("./**/*texts.de.ts", { import: "de", eager: true })

/** The names that a text is filled with: `{count}`. */
const valuesIn = (text: string | undefined) => [...(text ?? "").matchAll(/\{\w+\}/g)].map(String).sort()

function expectSame(inEnglish: Catalogue, inGerman: Catalogue): void {
  expect(Object.keys(inGerman).sort()).toEqual(Object.keys(inEnglish).sort())
  for (const [key, text] of Object.entries(inEnglish)) {
    expect([key, valuesIn(inGerman[key])]).toEqual([key, valuesIn(text)])
    expect([key, inGerman[key]?.trim()]).not.toEqual([key, ""])
  }
}

test("each catalogue has one in German", () => {
  expect(Object.keys(english).length).toBeGreaterThan(0)
  expect(Object.keys(german).sort()).toEqual(
    Object.keys(english)
      .map((file) => file.replace(/\.ts$/, ".de.ts"))
      .sort(),
  )
})

test.each(Object.entries(english))("%s says the same in both", (file, texts) => {
  expectSame(texts, german[file.replace(/\.ts$/, ".de.ts")] ?? {})
})

test("the shop's own texts do as well", () => {
  expectSame(en, de)
})
