import { seedCatalogue } from "@eshop/domain/seed/catalogue"
import { afterAll, beforeAll, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { type Searchable, searchable } from "../testing/searchable.ts"
import { type Judgement, judgements } from "./testing/judgements.ts"

let shop: Searchable

beforeAll(async () => {
  shop = await searchable(await newDatabase("catalog"))
  await shop.seed()
})
afterAll(() => shop?.store.close())

const gradesOf = ({ grades }: Judgement): Map<string, number> =>
  new Map(
    Object.entries(grades).flatMap(([grade, slugs]) => slugs.map((slug) => [slug, Number(grade)] as const)),
  )

/** Discounted cumulative gain of the first ten: what lies further down is worth less. */
const gain = (grades: readonly number[]): number =>
  grades.slice(0, 10).reduce((sum, grade, place) => sum + (2 ** grade - 1) / Math.log2(place + 2), 0)

/** NDCG@10: 1 is the best order that there is. */
async function quality(judgement: Judgement): Promise<number> {
  const { query, language = "en" } = judgement
  const grades = gradesOf(judgement)
  const path = `search?q=${encodeURIComponent(query)}&language=${language}&limit=10`
  const { body } = await shop.send("GET", path)
  const found = body.items.map(({ slug }: { slug: string }) => grades.get(slug) ?? 0)
  return gain(found) / gain([...grades.values()].sort((a, b) => b - a))
}

test("60 different queries are judged, on products that there are", () => {
  expect(new Set(judgements.map(({ query }) => query)).size).toBe(60)
  const slugs = new Set(seedCatalogue.map(({ slug }) => slug))
  const unknown = judgements.flatMap((one) => [...gradesOf(one).keys()].filter((slug) => !slugs.has(slug)))
  expect(unknown).toEqual([])
})

test("shoppers find what they look for: NDCG@10 is 0.9 at the least", async () => {
  const qualities: number[] = []
  for (const judgement of judgements) qualities.push(await quality(judgement))
  const mean = qualities.reduce((sum, one) => sum + one, 0) / qualities.length
  console.info(`NDCG@10 ${mean.toFixed(3)}`)
  expect(mean).toBeGreaterThanOrEqual(0.9)
  // No query is lost among those that are found.
  const lost = judgements.filter((_, place) => (qualities[place] as number) < 0.5).map(({ query }) => query)
  expect(lost).toEqual([])
})
