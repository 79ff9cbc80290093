import { expect, test } from "vitest"
import { seedCatalogue } from "./catalogue.ts"
import { seedPicture } from "./picture.ts"

test("every picture of the seed catalogue can be drawn, always the same, and says what it shows", () => {
  for (const { images } of seedCatalogue)
    for (const { url, alt } of images) {
      const svg = seedPicture(url.replace("/catalog/images/", ""))
      expect(svg).toMatch(
        /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" [^>]*><title>[^<]+<\/title>.*<\/svg>$/s,
      )
      expect(svg).toContain((alt.en ?? "").replace("&", "&#38;"))
      expect(seedPicture(url.replace("/catalog/images/", ""))).toBe(svg)
    }
})

test("variants differ by their colour", () => {
  expect(seedPicture("iphone-x-red.svg")).toContain('color="red"')
  expect(seedPicture("iphone-x-black.svg")).toContain('color="#26282c"')
})

test.each(["", "iphone-x.svg", "../iphone-x-red.svg", "iphone-x-red.png", "__proto__"])(
  "%j is none",
  (name) => {
    expect(seedPicture(name)).toBeUndefined()
  },
)
