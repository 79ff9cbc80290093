import { newId } from "@eshop/building-blocks/ids"
import type { Category } from "@eshop/domain/catalog/category"
import type { Product } from "@eshop/domain/catalog/product"
import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { searchStatement } from "../adapters/search-statement.ts"
import { productOf, variantOf } from "../testing/products.ts"
import { type Searchable, searchable } from "../testing/searchable.ts"
import { PRICE_STEPS, SEARCH_SORTS, type SearchSort } from "./ports.ts"
import { termsOf } from "./search-text.ts"

/** What a search asks for, in the test's own words. */
type Wish = {
  word?: string
  category?: number[]
  brand?: string[]
  colour?: string[]
  cordless?: string[]
  minPrice?: number
  maxPrice?: number
  inStock?: boolean
}
type Thing = {
  product: Product
  cents: number
  onHand: number
  path: string[]
  words: string[]
  colours: string[]
}

let shop: Searchable
const things: Thing[] = []
// Three trees: 0 › 1 › 2, 3 › 4, 5.
const above: readonly number[][] = [[0], [0, 1], [0, 1, 2], [3], [3, 4], [5]]
const ids = above.map(() => newId())
const idOf = (index: number) => ids[index] as string

/** Repeats itself: always the same numbers, so that a failure shows again. */
function dice(seed: number) {
  let state = seed
  return (sides: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * sides)
  }
}
const WORDS = ["copper", "walnut", "silent", "garden", "winter"]
const BRANDS = ["Alba", "Birk", "Cora, Ltd", "Dune"]
const COLOURS = ["Black", "White", "Red", "Sea: Green"]

beforeAll(async () => {
  shop = await searchable(await newDatabase("catalog"))
  const roll = dice(7)
  await shop.call.transact((tx) =>
    shop.ports.categories.addMissing(
      tx,
      above.map((path, index): Category => {
        const parent = path.at(-2)
        const parentId = parent === undefined ? {} : { parentId: idOf(parent) }
        return {
          id: idOf(index),
          slug: `c${index}`,
          name: { en: `Place ${index}` },
          ...parentId,
          position: 0,
          version: 1,
        }
      }),
    ),
  )
  for (let number = 0; number < 240; number++) {
    const put = [...new Set([roll(6), roll(6)])]
    const words = WORDS.filter(() => roll(3) === 0)
    const colours = COLOURS.filter(() => roll(3) === 0)
    const variants = (colours.length > 0 ? colours : [undefined]).map((colour, place) =>
      variantOf(`F-${number}-${place}`, { options: colour ? { colour } : {} }),
    )
    const brand = roll(5) > 0 ? { brand: BRANDS[roll(4)] as string } : {}
    const attributes: Product["attributes"] = roll(3) > 0 ? { cordless: roll(2) === 0 } : {}
    things.push({
      product: productOf({
        ...brand,
        name: { en: `Thing ${number} ${words.join(" ")}` },
        categories: put.map(idOf),
        attributes,
        variants,
      }),
      cents: 1 + roll(1_200_00),
      onHand: roll(2),
      path: [...new Set(put.flatMap((index) => above[index] ?? []).map(idOf))],
      words,
      colours,
    })
  }
  for (let start = 0; start < things.length; start += 60) await shop.add(things.slice(start, start + 60))
})
afterAll(() => shop?.store.close())

const escaped = (values: readonly string[]) =>
  values.map((value) => value.replace(/[\\,;:]/g, "\\$&")).join(",")

function queryOf({ word, category, brand, colour, cordless, minPrice, maxPrice, inStock }: Wish): string {
  const attributes = [
    ...(colour ? [`colour:${escaped(colour)}`] : []),
    ...(cordless ? [`cordless:${cordless.join(",")}`] : []),
  ]
  const members = {
    ...(word !== undefined && { q: word }),
    // By slug and by id.
    ...(category && { category: category.map((index) => (index % 2 ? `c${index}` : idOf(index))).join(",") }),
    ...(brand && { brand: escaped(brand) }),
    ...(minPrice !== undefined && { minPrice: String(minPrice) }),
    ...(maxPrice !== undefined && { maxPrice: String(maxPrice) }),
    ...(inStock !== undefined && { inStock: String(inStock) }),
    ...(attributes.length > 0 && { attributes: attributes.join(";") }),
  }
  return new URLSearchParams(members).toString()
}

const meets = (values: readonly string[] | undefined, has: readonly string[]) =>
  !values || values.some((value) => has.includes(value))
const cordlessOf = ({ product }: Thing) =>
  "cordless" in product.attributes ? [String(product.attributes.cordless)] : []

/** The rules of a filter by dimension. */
const rules: Readonly<Record<string, (thing: Thing, wish: Wish) => boolean>> = {
  word: ({ words }, { word }) => word === undefined || words.includes(word),
  category: ({ path }, { category }) => meets(category?.map(idOf), path),
  brand: ({ product }, { brand }) => meets(brand, product.brand ? [product.brand] : []),
  price: ({ cents }, { minPrice = 0, maxPrice = Number.POSITIVE_INFINITY }) =>
    cents >= minPrice && cents <= maxPrice,
  inStock: ({ onHand }, { inStock }) => inStock === undefined || onHand > 0 === inStock,
  colour: ({ colours }, { colour }) => meets(colour, colours),
  cordless: (thing, { cordless }) => meets(cordless, cordlessOf(thing)),
}
/** What meets every rule but that of a dimension. */
const but = (wish: Wish, dimension?: string) =>
  things.filter((thing) =>
    Object.entries(rules).every(([name, rule]) => name === dimension || rule(thing, wish)),
  )

/** Counts values, the most common first. */
function tally(values: readonly string[]): { value: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
}

/** What a search answers, counted one by one. */
function expectedOf(wish: Wish) {
  const prices = but(wish, "price").map(({ cents }) => cents)
  const rangeOf = (cents: number) => PRICE_STEPS.filter((step) => step <= cents).at(-1) ?? 0
  return {
    total: but(wish).length,
    categories: tally(but(wish, "category").flatMap(({ path }) => path)),
    brands: tally(but(wish, "brand").flatMap(({ product }) => product.brand ?? [])),
    prices: tally(prices.map((cents) => String(rangeOf(cents)))).sort(
      (a, b) => Number(a.value) - Number(b.value),
    ),
    lowestPrice: prices.length > 0 ? Math.min(...prices) : undefined,
    highestPrice: prices.length > 0 ? Math.max(...prices) : undefined,
    inStock: tally(but(wish, "inStock").map(({ onHand }) => String(onHand > 0))),
    colour: tally(but(wish, "colour").flatMap(({ colours }) => colours)),
    cordless: tally(but(wish, "cordless").flatMap(cordlessOf)),
  }
}

type Counted = { value: string; count: number }
async function answerOf(wish: Wish) {
  const { status, body } = await shop.send("GET", `search?${queryOf(wish)}`)
  expect([status, body.errors]).toEqual([200, undefined])
  const { facets } = body
  const attribute = (name: string): Counted[] =>
    facets.attributes.find((one: { name: string }) => one.name === name)?.values ?? []
  return {
    total: body.total,
    categories: facets.categories.map(({ id, count }: { id: string; count: number }) => ({
      value: id,
      count,
    })),
    brands: facets.brands,
    prices: facets.prices.map(({ min, count }: { min: number; count: number }) => ({
      value: String(min),
      count,
    })),
    lowestPrice: facets.lowestPrice,
    highestPrice: facets.highestPrice,
    inStock: facets.inStock.map(({ value, count }: Counted) => ({ value: String(value), count })),
    colour: attribute("colour"),
    cordless: attribute("cordless"),
  }
}

const some = <T>(values: readonly T[]) =>
  fc.subarray([...values], { minLength: 1, maxLength: Math.min(3, values.length) })
const wishes: fc.Arbitrary<Wish> = fc.record(
  {
    word: fc.constantFrom(...WORDS),
    category: some([0, 1, 2, 3, 4, 5]),
    brand: some([...BRANDS, "Nobody"]),
    colour: some(COLOURS),
    cordless: some(["true", "false"]),
    minPrice: fc.nat(1_200_00),
    maxPrice: fc.nat(1_200_00),
    inStock: fc.boolean(),
  },
  { requiredKeys: [] },
)

test("counts are what counting one by one gives: each ignores its own filter and respects the others", async () => {
  await fc.assert(
    fc.asyncProperty(wishes, async (wish) => {
      expect(await answerOf(wish)).toEqual(expectedOf(wish))
    }),
    { numRuns: 300, examples: [[{}], [{ category: [2] }], [{ maxPrice: 50_00 }], [{ brand: ["Nobody"] }]] },
  )
})

test("a page whose counts are known already shows the same hits", async () => {
  const sorts = fc.constantFrom(...SEARCH_SORTS)
  const statementOf = (
    { word, category, brand, colour, minPrice, maxPrice, inStock }: Wish,
    sort: SearchSort,
  ) => {
    const attributes = colour && new Map([["colour", colour]])
    const filters = { category: category?.map(idOf), brand, minPrice, maxPrice, attributes, inStock }
    const terms = termsOf(word ?? "", "en")
    const request = { language: "en", shownIn: "en", terms, filters, sort, limit: 30 } as const
    return (withCounts: boolean) => searchStatement(request, withCounts).query
  }
  await fc.assert(
    fc.asyncProperty(wishes, sorts, async (wish, sort) => {
      const statement = statementOf(wish, sort)
      const [counted, known] = await Promise.all(
        [true, false].map((one) => shop.store.pool.query(statement(one))),
      )
      expect(known?.rows[0].hits).toEqual(counted?.rows[0].hits)
      expect(known?.rows[0].facets).toBeNull()
    }),
    { numRuns: 200 },
  )
})

test("pages show every hit once, in the same order, whatever their size", async () => {
  const sorts = fc.constantFrom("relevance", "price-asc", "price-desc", "name", "newest")
  await fc.assert(
    fc.asyncProperty(wishes, sorts, fc.integer({ min: 1, max: 100 }), async (wish, sort, limit) => {
      const pageFrom = async (size: number, cursor: string | null) => {
        const path = `search?${queryOf(wish)}&sort=${sort}&limit=${size}${cursor ? `&cursor=${cursor}` : ""}`
        return (await shop.send("GET", path)).body
      }
      const walk = async (size: number) => {
        const seen: { id: string; price: { amount: number }; name: string }[] = []
        for (let cursor: string | null = null, first = true; first || cursor !== null; first = false) {
          const body = await pageFrom(size, cursor)
          expect(body.total).toBe(but(wish).length)
          seen.push(...body.items)
          cursor = body.nextCursor
        }
        return seen
      }
      const seen = await walk(limit)
      expect(seen.map(({ id }) => id).sort()).toEqual(
        but(wish)
          .map(({ product }) => product.id)
          .sort(),
      )
      expect(seen).toEqual(await walk(100))
      const prices = seen.map(({ price }) => price.amount)
      if (sort === "price-asc") expect(prices).toEqual(prices.toSorted((a, b) => a - b))
      if (sort === "price-desc") expect(prices).toEqual(prices.toSorted((a, b) => b - a))
    }),
    { numRuns: 60 },
  )
})
