import type { CommandCall } from "@eshop/building-blocks/app/call"
import { seedCategoryId } from "@eshop/domain/seed/categories"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { codeOf, pointersOf } from "../../../../tests/fixtures/http.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { productOf, variantOf } from "../testing/products.ts"
import { type Searchable, searchable } from "../testing/searchable.ts"
import { refreshSearch } from "./refresh-search.ts"

let shop: Searchable

beforeAll(async () => {
  shop = await searchable(await newDatabase("catalog"))
  await shop.seed()
})
afterAll(() => shop?.store.close())

const search = async (query: Record<string, string>) => {
  const reply = await shop.send("GET", `search?${new URLSearchParams(query)}`)
  expect([reply.status, reply.body?.errors]).toEqual([200, undefined])
  return reply.body
}
const slugsOf = (body: { items: { slug: string }[] }) => body.items.map(({ slug }) => slug)
const suggestions = async (q: string, language = "en") =>
  (await shop.send("GET", `suggestions?${new URLSearchParams({ q, language })}`)).body.items

describe("a text", () => {
  test("finds names, brands, categories, attributes and descriptions, those of names first", async () => {
    expect(slugsOf(await search({ q: "turntable" }))).toEqual(["aurelo-revolve-turntable"])
    expect((await search({ q: "fjellro" })).total).toBe(8)
    expect((await search({ q: "titanium" })).total).toBe(1)
    expect(slugsOf(await search({ q: "stegosaurus" }))).toEqual(["dinosaurs-on-my-street"])
    const [first] = slugsOf(await search({ q: "rucksack" }))
    expect(first).toBe("fjellro-trek-65-hiking-backpack")
  })

  test("is found from the beginning of its last word on, without accents, and in German", async () => {
    expect(slugsOf(await search({ q: "espr" }))).toContain("caffetta-uno-espresso-machine")
    expect((await search({ q: "CAFETIERE" })).total).toBe(1)
    const { items } = await search({ q: "Kaffeemühle", language: "de-AT" })
    expect(items[0].name).toBe("Caffetta Mola Kaffeemühle mit Mahlwerk")
  })

  test("in quotes is a phrase, and a minus keeps away", async () => {
    expect((await search({ q: '"cast iron"' })).total).toBe(3)
    expect((await search({ q: '"iron cast"' })).total).toBe(0)
    const without = await search({ q: '"cast iron" -kettlebell' })
    expect(without.total).toBe(2)
    expect(slugsOf(without)).not.toContain("pacer-cast-iron-kettlebell")
  })

  test.each(["&|!()<->:*", "'", '"', "\\", "a:*b", "-", "the", "½ ٣ ß 漢字"])("%j is no error", async (q) => {
    expect((await search({ q })).total).toBeGreaterThanOrEqual(0)
  })
})

describe("a misspelt word", () => {
  test("finds what is near, and says how it may be spelt", async () => {
    const body = await search({ q: "hedphones" })
    expect(body.didYouMean).toBe("headphones")
    expect(body.total).toBe((await search({ q: "headphones" })).total)
  })

  test.each([
    ["tnet", false, "no typo is allowed in four letters"],
    ["kettel", true, "one is in six"],
    ["kttel", false, "two are not in five"],
    ["vaccume", false, "nor in seven"],
    ["smartwotsh", true, "two are in ten"],
    ["smortwotsh", false, "three are not"],
  ])("%s is understood: %s, for %s", async (q, understood) => {
    const { total, didYouMean } = await search({ q })
    expect([total > 0, didYouMean !== undefined]).toEqual([understood, understood])
  })

  test("comes behind what was found exactly, on pages that go on from one to the other", async () => {
    const product = productOf({ name: { en: "Lullaby" }, description: { en: "With a kettlle on it." } })
    await shop.add([{ product, cents: 900_00, onHand: 1 }])
    const whole = await search({ q: "kettlle", sort: "price-asc" })
    expect(slugsOf(whole)).toEqual([
      product.slug,
      "halden-pour-electric-kettle-1-7-l",
      "halden-gooseneck-kettle-0-9-l",
    ])
    expect([whole.total, whole.didYouMean]).toEqual([3, "kettle"])
    const seen: string[] = []
    let cursor: string | null = ""
    while (cursor !== null) {
      const page: Awaited<ReturnType<typeof search>> = await search({
        ...{ q: "kettlle", sort: "price-asc", limit: "1" },
        ...(cursor && { cursor }),
      })
      expect(page.total).toBe(whole.total)
      seen.push(...slugsOf(page))
      cursor = page.nextCursor
    }
    expect(seen).toEqual(slugsOf(whole))
  })

  test("is not looked for where enough is found, nor for a word that is known", async () => {
    expect((await search({ q: "kitchen" })).didYouMean).toBeUndefined()
    expect((await search({ q: "panasonic lumix" })).didYouMean).toBeUndefined()
    expect((await search({ q: "zzzzzzzz" })).total).toBe(0)
  })
})

describe("suggestions", () => {
  test("are categories, brands and products of which words begin so, ten at the most", async () => {
    const found = await suggestions("kettl")
    expect(found[0]).toEqual({
      kind: "category",
      text: "Kettles",
      id: seedCategoryId("kettles"),
      slug: "kettles",
    })
    expect(found.slice(1).map(({ kind, text }: { kind: string; text: string }) => [kind, text])).toEqual([
      ["product", "Pacer Cast Iron Kettlebell"],
      ["product", "Halden Gooseneck Kettle 0.9 l"],
      ["product", "Halden Pour Electric Kettle 1.7 l"],
    ])
    expect((await suggestions("nim"))[0]).toEqual({ kind: "brand", text: "Nimbus" })
    expect((await suggestions("s")).length).toBeLessThanOrEqual(10)
    expect((await suggestions("KÜHLSCHR", "de"))[0]).toMatchObject({ text: "Kühlschränke" })
  })

  test("stay while a word is typed to its end", async () => {
    const typed = ["iph", "ipho", "iphon", "iphone", "iphone x", "kettles"]
    const names = await Promise.all(
      typed.map(async (q) => (await suggestions(q)).map(({ text }: { text: string }) => text)),
    )
    expect(names.slice(0, 5).map(([first]) => first)).toEqual(Array(5).fill("IPhone X"))
    // Its stem is `kettl`.
    expect(names[5]).toEqual((await suggestions("kettl")).map(({ text }: { text: string }) => text))
  })

  test.each(["", " ", "%", "_", "zzz", "' OR 1=1"])("for %j are none", async (q) => {
    expect(await suggestions(q)).toEqual([])
  })
})

describe("what is found", () => {
  const count = async (q: string) => (await search({ q })).total

  test("follows the product: published, priced, in stock, sold no more", async () => {
    const product = productOf({ name: { en: "Quexplorer" }, variants: [variantOf("QUEX-1")] })
    const refresh = () => shop.call.transact((tx) => shop.ports.searchIndex.refresh(tx, [product.id]))
    await shop.call.transact((tx) => shop.ports.products.addMissing(tx, [product], 0))
    await refresh()
    expect(await count("quexplorer")).toBe(0)
    await shop.add([{ product, cents: 12_00, onHand: 0 }])
    const [card] = (await search({ q: "quexplorer" })).items
    expect([card.price, card.inStock]).toEqual([{ amount: 12_00, currency: "USD" }, false])
    await shop.store.pool.query("UPDATE stock SET on_hand = 1 WHERE sku = 'QUEX-1'")
    await refresh()
    expect((await search({ q: "quexplorer", inStock: "true" })).total).toBe(1)
    await shop.store.pool.query("UPDATE product SET status = 'discontinued' WHERE id = $1", [product.id])
    await refresh()
    expect(await count("quexplorer")).toBe(0)
  })

  test("is right when a product and its stock change at once", async () => {
    const product = productOf({ name: { en: "Atoncer" }, variants: [variantOf("ATONCE-1")] })
    await shop.add([{ product, cents: 12_00, onHand: 0 }])
    const both = [
      "UPDATE stock SET on_hand = 1 - on_hand WHERE sku = 'ATONCE-1'",
      "UPDATE product SET brand = $1 WHERE id = $2",
    ]
    for (let round = 0; round < 20; round++) {
      const brand = `Brand${round}`
      await Promise.all(
        both.map((text, place) =>
          shop.call.transact(async (tx) => {
            const connection = tx as unknown as { query(text: string, values: unknown[]): Promise<unknown> }
            await connection.query(text, place === 0 ? [] : [brand, product.id])
            await shop.ports.searchIndex.refresh(tx, [product.id])
          }),
        ),
      )
      const { total } = await search({ q: `atoncer ${brand}`, inStock: String(round % 2 === 0) })
      expect([round, total]).toEqual([round, 1])
    }
  })

  test("is made anew on demand, each product once", async () => {
    const run = () => refreshSearch.handle(shop.ports)({} as never, shop.call as CommandCall)
    const { rows } = await shop.store.pool.query("SELECT count(*) AS count FROM product")
    expect(await shop.call.transact((tx) => shop.ports.searchIndex.markAll(tx))).toBe(rows[0].count)
    const before = await search({ q: "", limit: "100" })
    await shop.store.pool.query("DELETE FROM search_entry")
    const runs = await Promise.all([run(), run()])
    expect(runs.map((one) => (one as { refreshed: number }).refreshed).reduce((a, b) => a + b)).toBe(
      rows[0].count,
    )
    expect((await search({ q: "", limit: "100" })).total).toBe(before.total)
    expect(await shop.ports.searchIndex.marked()).toBe(0)
  })
})

test.each<[query: string, pointers: string[]]>([
  ["limit=0", ["/limit"]],
  ["limit=101", ["/limit"]],
  ["minPrice=-1", ["/minPrice"]],
  ["maxPrice=1.5", ["/maxPrice"]],
  ["sort=best", ["/sort"]],
  ["inStock=yes", ["/inStock"]],
  ["attributes=colour", ["/attributes"]],
  ["language=english", ["/language"]],
  [`q=${"x".repeat(201)}`, ["/q"]],
  ["cursor=abc", ["/cursor"]],
  ["q=%00", ["/q"]],
])("search?%s names what is wrong", async (query, pointers) => {
  const reply = await shop.send("GET", `search?${query}`)
  expect([reply.status, codeOf(reply), pointersOf(reply)]).toEqual([400, "request.invalid", pointers])
})

test("a cursor is of its order alone", async () => {
  const { nextCursor } = await search({ sort: "name", limit: "2" })
  const reply = await shop.send("GET", `search?sort=price-asc&cursor=${nextCursor}`)
  expect([reply.status, pointersOf(reply)]).toEqual([400, ["/cursor"]])
})
