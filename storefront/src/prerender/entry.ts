// The prerenderer's part that knows the pages, built for Node by `storefront/build.ts`; `storefront/prerender` writes the files.
import "./globals.ts"
import {
  catalogListCategories,
  catalogListPublishedProducts,
  catalogSearchProducts,
} from "@eshop/shop-client/generated/sdk.gen"
import type { CatalogListPublishedProductsResponse } from "@eshop/shop-client/generated/types.gen"
import type { Frame, Prerendered, Renderer } from "../../prerender/renderer.ts"
import { ApiError, answerOf, answerWithHeaders, connectApi } from "../api/api.ts"
import { type Crumb, questionOf, trailTo } from "../catalog/catalog.ts"
import { type Language, languageOfAddress, speak, t } from "../texts/texts.ts"
import { categoryPages } from "./category-pages.ts"
import { movedDocument } from "./document.ts"
import { everyLanguage } from "./pages.ts"
import { productPages } from "./product-pages.ts"

/** Products that are read, and held in memory, at once. */
const PAGE_SIZE = 100
/** A gateway that has had enough says when to go on; one that is away is asked again this often. */
const TRIES = 10
const PAUSE_MS = 1_000

/** Asks again while the answer is "later". @throws ApiError when it stays so, or is another refusal */
async function patiently<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let left = TRIES; ; left--) {
    try {
      return await ask()
    } catch (error) {
      const isLater = error instanceof ApiError && [0, 429, 502, 503, 504].includes(error.problem.status)
      if (!isLater || left === 0) throw error
      const pause = error.retryAfter === undefined ? PAUSE_MS : error.retryAfter * 1_000
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
}

/** @param gateway where the API is read: anybody's routes alone */
const connect = (gateway: string): void => connectApi(gateway, async () => undefined)

const nextCursor = (headers: Headers): string | undefined => {
  const [, query] = /^<([^>]*)>/.exec(headers.get("link") ?? "") ?? []
  return query === undefined
    ? undefined
    : (new URLSearchParams(query.replace(/^[^?]*/, "")).get("cursor") ?? undefined)
}

async function categoryTree() {
  return (await patiently(() => answerOf(catalogListCategories()))).items
}

type Tree = Awaited<ReturnType<typeof categoryTree>>

/** All published products' pages, by id. */
async function* products(frame: Frame): AsyncGenerator<Prerendered> {
  const tree = await categoryTree()
  let cursor: string | undefined
  do {
    const query = { limit: PAGE_SIZE, ...(cursor !== undefined && { cursor }) }
    const { data, headers } = await patiently(() =>
      answerWithHeaders<unknown>(catalogListPublishedProducts({ query, parseAs: "text" })),
    )
    // A line of JSON for each: the generated client takes the answer for one.
    for (const line of String(data).split("\n")) {
      if (line === "") continue
      const { product, units } = JSON.parse(line) as CatalogListPublishedProductsResponse
      const [category] = product.categories
      yield await productPages(
        { product, units, trail: category === undefined ? [] : trailTo(tree, category) },
        frame,
      )
    }
    cursor = nextCursor(headers)
  } while (cursor !== undefined)
}

function* trailsIn(branches: Tree, above: readonly Crumb[] = []): Generator<readonly Crumb[]> {
  for (const { id, slug, name, children } of branches) {
    const trail = [...above, { id, slug, name }]
    yield trail
    yield* trailsIn(children, trail)
  }
}

/** All categories' pages, by id. */
async function* categories(frame: Frame): AsyncGenerator<Prerendered> {
  const trails = [...trailsIn(await categoryTree())]
  const idOf = (trail: readonly Crumb[]) => (trail.at(-1) as Crumb).id
  for (const trail of trails.sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1))) {
    const self = trail.at(-1) as Crumb
    const found = new Map<Language, Awaited<ReturnType<typeof firstPage>>>()
    for (const language of everyLanguage) found.set(language, await firstPage(self.slug, language))
    yield await categoryPages(trail, found, frame)
  }
}

async function firstPage(category: string, language: Language) {
  await speak(language)
  const query = questionOf({ category })
  return await patiently(() => answerOf(catalogSearchProducts({ query })))
}

/** What stands at the addresses that a product or a category has left: the way to its page in the same language. */
async function movedPages(
  left: readonly string[],
  { pages: [first, ...others] }: Prerendered,
  { site }: Frame,
): Promise<Prerendered["pages"]> {
  const moved = []
  for (const address of left) {
    const language = languageOfAddress(address)
    const target = others.find((page) => languageOfAddress(page.address) === language) ?? first
    if (!target) continue
    await speak(language)
    const html = movedDocument(language, t("prerendered.moved"), site + target.address)
    moved.push({ address, html, isListed: false })
  }
  return moved
}

export const renderer: Renderer = { connect, products, categories, movedPages }
