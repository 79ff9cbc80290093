import { type SeedCategorySlug, seedCategoryTree } from "./categories.ts"
import type { SeedItem } from "./seed-item.ts"
import { type SeedProduct, seedProduct } from "./seed-product.ts"

const SYLLABLES = [
  "al",
  "ber",
  "cor",
  "den",
  "el",
  "fin",
  "gar",
  "hol",
  "ir",
  "jun",
  "kel",
  "lor",
  "mar",
  "nov",
  "or",
]
const ENDINGS = ["a", "ex", "in", "o", "um", "way", "son", "field"]
const SERIES = [
  "Aspen",
  "Basalt",
  "Cedar",
  "Delta",
  "Ember",
  "Fjord",
  "Glade",
  "Harbour",
  "Iris",
  "Jade",
  "Kite",
  "Lark",
]
const QUALITIES = [
  ...[
    "compact",
    "lightweight",
    "foldable",
    "premium",
    "classic",
    "modern",
    "outdoor",
    "portable",
    "rechargeable",
  ],
  ...[
    "adjustable",
    "stackable",
    "insulated",
    "recycled",
    "handmade",
    "silent",
    "heavy-duty",
    "slim",
    "travel",
  ],
]
const COLOURS = [
  "Black",
  "White",
  "Grey",
  "Red",
  "Blue",
  "Green",
  "Yellow",
  "Orange",
  "Pink",
  "Brown",
  "Silver",
  "Sand",
]
const MATERIALS = [
  "steel",
  "aluminium",
  "oak",
  "cotton",
  "glass",
  "ceramic",
  "bamboo",
  "leather",
  "nylon",
  "cork",
]
const ROOMS = [
  "kitchen",
  "garden",
  "office",
  "bedroom",
  "workshop",
  "balcony",
  "car",
  "tent",
  "studio",
  "hallway",
]
const PEOPLE = [
  "beginners",
  "families",
  "professionals",
  "students",
  "travellers",
  "cooks",
  "runners",
  "gamers",
]

const parents = new Set<string>(
  Object.values(seedCategoryTree).flatMap((category) => ("under" in category ? [category.under] : [])),
)
/** Categories that have none below them. */
const LEAVES = (Object.keys(seedCategoryTree) as SeedCategorySlug[]).filter((slug) => !parents.has(slug))

/** Mulberry32: numbers that look like chance and repeat themselves. @returns a function from n to 0 … n − 1 */
function dice(seed: number): (sides: number) => number {
  let state = seed >>> 0
  return (sides) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * sides)
  }
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

/** What brand number `index` is called: 1,800 of them. */
const brandOf = (index: number): string =>
  capital(
    `${SYLLABLES[index % 15]}${SYLLABLES[Math.floor(index / 15) % 15]}${ENDINGS[Math.floor(index / 225) % 8]}`,
  )

/**
 * A product for measurements: like a real one, with two variants, and always the same for a number and a seed.
 * Few brands and categories have many products, many have few.
 * @param number from 0 on; also the last part of its id
 */
export function generatedProduct(number: number, seed: number): SeedProduct {
  const roll = dice(seed * 1_000_003 + number)
  const pick = <T>(values: readonly T[]): T => values[roll(values.length)] as T
  /** The lower, the likelier. */
  const skewed = (sides: number) => Math.floor((roll(1_000) / 1_000) ** 2 * sides)
  const category = LEAVES[skewed(LEAVES.length)] as SeedCategorySlug
  const noun = seedCategoryTree[category].en.replace(/ies$/, "y").replace(/s$/, "")
  const [brand, series, quality] = [brandOf(skewed(1_800)), pick(SERIES), pick(QUALITIES)]
  const material = pick(MATERIALS)
  const colour = COLOURS[roll(COLOURS.length)] as string
  const other = COLOURS[(COLOURS.indexOf(colour) + 1 + roll(COLOURS.length - 1)) % COLOURS.length] as string
  const item: SeedItem = {
    code: `G${seed.toString(36)}-${number.toString(36)}`.toUpperCase(),
    name: `${brand} ${series} ${capital(quality)} ${noun} ${number}`,
    brand,
    category,
    price: 5_00 + Math.floor(10 ** (roll(3_000) / 1_000) * 100),
    text:
      `A ${quality} ${noun.toLowerCase()} of ${material} for ${pick(PEOPLE)}, at home in the ${pick(ROOMS)} and the ` +
      `${pick(ROOMS)}. The ${series} series is ${pick(QUALITIES)} and ${pick(QUALITIES)}, tested for ${1 + roll(9)} years.`,
    attributes: {
      material: [material],
      room: pick(ROOMS),
      "warranty-years": 1 + roll(5),
      "energy-saving": roll(2) === 0,
    },
    options: { colour: [colour, other] },
  }
  const place = number.toString(16).padStart(12, "0")
  return seedProduct(item, `018f0000-0000-7000-9${(seed % 4_096).toString(16).padStart(3, "0")}-${place}`)
}
