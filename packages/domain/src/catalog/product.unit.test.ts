import { expect, test } from "vitest"
import { seedProducts } from "../seed.ts"
import { Gtin } from "./gtin.ts"
import { Product, Variant } from "./product.ts"

const { price: _, ...phone } = seedProducts[0] as (typeof seedProducts)[number]
const [black, red] = phone.variants as [Variant, Variant]
const pathsOf = (product: object) =>
  Product.safeParse({ ...phone, ...product }).error?.issues.map(({ path }) => path.join("."))

test.each(["40170725", "012345678905", "4006381333931", "10012345678902"])("%s is a GTIN", (gtin) => {
  expect(Gtin.parse(gtin)).toBe(gtin)
})

test.each(["40170726", "012345678906", "4006381333930", "10012345678903", "4006381333", "400638133393x", ""])(
  "%s is none",
  (gtin) => {
    expect(Gtin.safeParse(gtin).success).toBe(false)
  },
)

test("every digit of a GTIN counts: with one that is changed it is none", () => {
  const gtin = "4006381333931"
  for (let place = 0; place < gtin.length; place++)
    for (let step = 1; step < 10; step++) {
      const digit = (Number(gtin[place]) + step) % 10
      const changed = gtin.slice(0, place) + digit + gtin.slice(place + 1)
      expect([changed, Gtin.safeParse(changed).success]).toEqual([changed, false])
    }
})

test.each<[what: string, product: object, paths: string[]]>([
  ["a SKU twice", { variants: [black, { ...red, sku: black.sku }] }, ["variants"]],
  [
    "two variants with the same options",
    { variants: [black, { ...red, options: black.options }] },
    ["variants"],
  ],
  ["no variant", { variants: [] }, ["variants"]],
  ["a category twice", { categories: [phone.categories[0], phone.categories[0]] }, ["categories"]],
  ["a name without the default language", { name: { de: "Telefon" } }, ["name"]],
  ["a language that is none", { name: { en: "Phone", english: "Phone" } }, ["name.english"]],
  ["a slug in upper case", { slug: "IPhone" }, ["slug"]],
  ["an attribute that is an object", { attributes: { weight: {} } }, ["attributes.weight"]],
  ["an attribute's name with a colon", { attributes: { "a:b": 1 } }, ["attributes.a:b"]],
  ["a description with a control character", { description: { en: "a\u0007" } }, ["description.en"]],
])("a product with %s is refused", (_, product, paths) => {
  expect(pathsOf(product)).toEqual(paths)
})

test("options in another order are the same", () => {
  const options = { colour: "Black", storage: "128 GB" }
  const turned = { storage: "128 GB", colour: "Black" }
  expect(
    pathsOf({
      variants: [
        { ...black, options },
        { ...red, options: turned },
      ],
    }),
  ).toEqual(["variants"])
})

test("a description has lines", () => {
  expect(pathsOf({ description: { en: "One line.\r\nAnother.\n\nA third." } })).toBeUndefined()
})

test.each([
  "https://cdn.example.com/a/b.jpg?width=600",
  "https://cdn.example.com",
  "/catalog/images/product-1.png",
  "/catalog/images/phones/black.svg",
])("%s is a picture's address", (url) => {
  expect(pathsOf({ images: [{ ...phone.images[0], url }] })).toBeUndefined()
})

test.each([
  "http://cdn.example.com/a.jpg",
  "https://user:password@example.com/a.jpg",
  "https://cdn.example.com/a b.jpg",
  "javascript:alert(1)",
  "/catalog/images/../secret",
  "/catalog/images//a",
  "/other/a.png",
  "data:image/png;base64,AAAA",
])("%s is none", (url) => {
  expect(pathsOf({ images: [{ ...phone.images[0], url }] })).toEqual(["images.0.url"])
})

test.each<[quantity: object, fine: boolean]>([
  [{ min: 1, step: 1 }, true],
  [{ min: 2, max: 2, step: 1 }, true],
  [{ min: 6, max: 60, step: 6 }, true],
  [{ min: 2, max: 1, step: 1 }, false],
  [{ min: 0, step: 1 }, false],
  [{ min: 1, step: 0 }, false],
  [{ min: 1 }, false],
])("the quantity rule %j is one: %s", (quantity, fine) => {
  expect(Variant.safeParse({ ...black, quantity }).success).toBe(fine)
})
