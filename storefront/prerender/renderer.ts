/** What all pages of a run have in common. */
export type Frame = {
  /** `index.html` of the build, which names the scripts and styles of a release. */
  readonly template: string
  /** The shop's origin: `https://shop.example`. */
  readonly site: string
}

export type PrerenderedPage = {
  readonly address: string
  readonly html: string
  /** Whether search engines are to know it: what is a copy of another page, or leads on to one, they are not. */
  readonly isListed: boolean
}

/** The pages of a product or a category, the first in the language that everything is there in. */
export type Prerendered = { readonly id: string; readonly pages: readonly PrerenderedPage[] }

export const folders = ["products", "categories"] as const
export type Folder = (typeof folders)[number]

/** The part of the prerenderer that knows the pages: `src/prerender/entry.ts`, built for Node. */
export type Renderer = {
  /** @param gateway where the API is read: anybody's routes alone */
  connect(gateway: string): void
  /** All published products' pages, by id. @throws ApiError when the shop stays away */
  products(frame: Frame): AsyncIterable<Prerendered>
  /** All categories' pages, by id. @throws ApiError when the shop stays away */
  categories(frame: Frame): AsyncIterable<Prerendered>
  /** What stands at the addresses that a product or a category has left. */
  movedPages(left: readonly string[], to: Prerendered, frame: Frame): Promise<readonly PrerenderedPage[]>
}
