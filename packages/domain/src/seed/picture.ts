import { seedCatalogue } from "./catalogue.ts"
import { type SeedCategory, type SeedCategorySlug, seedCategories, seedCategoryTree } from "./categories.ts"
import type { SeedProduct } from "./seed-product.ts"

/** What a product of a category, or of one under it, looks like: shapes in a square of 100, the colour `currentColor`. */
const SHAPES: Readonly<Partial<Record<SeedCategorySlug, string>>> = {
  phones:
    '<rect x="33" y="15" width="34" height="70" rx="6"/><rect class="light" x="37" y="22" width="26" height="52" rx="2"/>',
  audio: '<circle cx="50" cy="50" r="32"/><circle class="light" cx="50" cy="50" r="12"/>',
  headphones:
    '<path class="line" d="M22 62V50a28 28 0 0 1 56 0v12"/><rect x="16" y="56" width="14" height="26" rx="6"/><rect x="70" y="56" width="14" height="26" rx="6"/>',
  cameras:
    '<rect x="14" y="32" width="72" height="44" rx="7"/><rect x="38" y="24" width="24" height="12" rx="3"/><circle class="light" cx="50" cy="54" r="15"/>',
  computing:
    '<rect x="20" y="24" width="60" height="40" rx="4"/><rect class="light" x="25" y="29" width="50" height="30"/><path d="M12 70h76l-6 8H18z"/>',
  "tv-video":
    '<rect x="10" y="22" width="80" height="48" rx="3"/><rect class="light" x="14" y="26" width="72" height="40"/><path d="M36 80h28l-4-6H40z"/>',
  wearables:
    '<rect x="40" y="8" width="20" height="84" rx="5"/><circle cx="50" cy="50" r="22"/><circle class="light" cx="50" cy="50" r="16"/>',
  kitchen:
    '<path d="M22 44h46v26a12 12 0 0 1-12 12H34a12 12 0 0 1-12-12z"/><path class="line" d="M68 50h6a9 9 0 0 1 0 18h-6M34 34q4-8 0-16M50 34q4-8 0-16"/>',
  knives: '<path d="M12 58 62 26q18-6 20 8L40 66z"/><path d="m40 66 8-6 30 22-8 6z"/>',
  appliances:
    '<rect x="24" y="12" width="52" height="76" rx="5"/><circle class="light" cx="50" cy="56" r="18"/><rect class="light" x="32" y="20" width="36" height="6"/>',
  furniture: '<path d="M24 20h10v34h32V20h10v66H66V66H34v20H24z"/>',
  lighting:
    '<path d="M36 18h28l12 34H24z"/><path class="line" d="M50 52v28"/><rect x="34" y="80" width="32" height="6" rx="3"/>',
  textiles: '<path d="M16 34h68v40H16z"/><path class="light" d="M16 42h68v6H16zM16 60h68v4H16z"/>',
  running:
    '<path d="M14 66q2-24 12-28l10 10q14 2 24 12l18 4q10 4 8 10H14z"/><path class="light" d="M14 76h72v4H14z"/>',
  cycling:
    '<circle class="line" cx="26" cy="64" r="16"/><circle class="line" cx="74" cy="64" r="16"/><path class="line" d="m26 64 14-28h24l10 28M40 36l12 28h-26M52 64l12-28"/>',
  camping: '<path d="M50 18 90 82H10z"/><path class="light" d="m50 44 16 38H34z"/>',
  fitness:
    '<path d="M30 46h40v8H30z"/><rect x="16" y="30" width="14" height="40" rx="4"/><rect x="70" y="30" width="14" height="40" rx="4"/>',
  books:
    '<path d="M24 14h48a6 6 0 0 1 6 6v66H30a6 6 0 0 1-6-6z"/><path class="light" d="M30 76h42v6H30zM34 26h32v6H34z"/>',
}
const OTHER = '<rect x="20" y="24" width="60" height="56" rx="6"/><path class="light" d="M46 24h8v56h-8z"/>'

/** Colours that CSS does not know by the name that a shop gives them. */
const PAINTS: Readonly<Record<string, string>> = {
  black: "#26282c",
  white: "#e9e9e4",
  sand: "#d8c3a0",
  clear: "#cfe3ea",
  walnut: "#6b4a34",
  steel: "#9aa3ab",
  cream: "#efe3c8",
  oak: "#c69c6d",
  birch: "#e3d2b0",
  brass: "#b5975a",
  mustard: "#d5a021",
  mint: "#a8dcc5",
}
const PLAIN = "#5b7a99"

const slugOf = (id: string): SeedCategorySlug =>
  (seedCategories.find((category) => category.id === id)?.slug ?? "home") as SeedCategorySlug

/** The shape of the category, or of the nearest above it that has one. */
function shapeOf(category: SeedCategorySlug): string {
  const { under }: SeedCategory = seedCategoryTree[category]
  return SHAPES[category] ?? (under ? shapeOf(under as SeedCategorySlug) : OTHER)
}

const escapeXml = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)

let products: ReadonlyMap<string, SeedProduct> | undefined

/**
 * Draws a picture of the seed catalogue: what the product's category looks like, in the variant's colour.
 * @param name the last part of the picture's path: `iphone-x-black.svg`
 * @returns SVG; undefined where no seed product has such a picture
 */
export function seedPicture(name: string): string | undefined {
  products ??= new Map(
    seedCatalogue.flatMap((product) => product.images.map(({ url }) => [url, product] as const)),
  )
  const url = `/catalog/images/${name}`
  const product = products.get(url)
  const image = product?.images.find((one) => one.url === url)
  if (!product || !image) return undefined
  const colour = product.variants.find((variant) => variant.image === url)?.options.colour?.toLowerCase()
  const paint = colour === undefined ? PLAIN : (PAINTS[colour] ?? colour)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="${image.width}" height="${image.height}" role="img">`,
    `<title>${escapeXml(image.alt.en ?? "")}</title>`,
    "<style>.light{fill:#fff;fill-opacity:.55}.line{fill:none;stroke:currentColor;stroke-width:5;stroke-linecap:round}</style>",
    '<rect width="100" height="100" fill="#f3f1ec"/>',
    `<g fill="currentColor" color="${paint}" stroke="#0002" stroke-width=".6">${shapeOf(slugOf(product.categories[0] ?? ""))}</g>`,
    "</svg>",
  ].join("")
}
