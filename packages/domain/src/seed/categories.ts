import type { Category } from "../catalog/category.ts"

/** A category as a person writes it down: its names, and the slug of the one above. */
export type SeedCategory = { readonly en: string; readonly de: string; readonly under?: string }

/** The tree of the seed catalogue by slug, with the slug of the category above; their order is the order in which a shop shows them. */
export const seedCategoryTree = {
  electronics: { en: "Electronics", de: "Elektronik" },
  phones: { en: "Phones", de: "Telefone", under: "electronics" },
  smartphones: { en: "Smartphones", de: "Smartphones", under: "phones" },
  "phone-accessories": { en: "Phone Accessories", de: "Handyzubehör", under: "phones" },
  audio: { en: "Audio", de: "Audio", under: "electronics" },
  headphones: { en: "Headphones", de: "Kopfhörer", under: "audio" },
  "over-ear-headphones": { en: "Over-Ear Headphones", de: "Over-Ear-Kopfhörer", under: "headphones" },
  earbuds: { en: "Earbuds", de: "Ohrhörer", under: "headphones" },
  speakers: { en: "Speakers", de: "Lautsprecher", under: "audio" },
  "hi-fi": { en: "Hi-Fi", de: "Hi-Fi", under: "audio" },
  cameras: { en: "Cameras", de: "Kameras", under: "electronics" },
  "mirrorless-cameras": { en: "Mirrorless Cameras", de: "Systemkameras", under: "cameras" },
  "compact-cameras": { en: "Compact Cameras", de: "Kompaktkameras", under: "cameras" },
  lenses: { en: "Lenses", de: "Objektive", under: "cameras" },
  "camera-accessories": { en: "Camera Accessories", de: "Kamerazubehör", under: "cameras" },
  computing: { en: "Computing", de: "Computer", under: "electronics" },
  laptops: { en: "Laptops", de: "Laptops", under: "computing" },
  tablets: { en: "Tablets", de: "Tablets", under: "computing" },
  monitors: { en: "Monitors", de: "Monitore", under: "computing" },
  "keyboards-mice": { en: "Keyboards & Mice", de: "Tastaturen & Mäuse", under: "computing" },
  storage: { en: "Storage", de: "Speicher", under: "computing" },
  networking: { en: "Networking", de: "Netzwerk", under: "computing" },
  "tv-video": { en: "TV & Video", de: "Fernsehen & Video", under: "electronics" },
  televisions: { en: "Televisions", de: "Fernseher", under: "tv-video" },
  projectors: { en: "Projectors", de: "Beamer", under: "tv-video" },
  streaming: { en: "Streaming Devices", de: "Streaming-Geräte", under: "tv-video" },
  wearables: { en: "Wearables", de: "Wearables", under: "electronics" },
  home: { en: "Home", de: "Wohnen" },
  kitchen: { en: "Kitchen", de: "Küche", under: "home" },
  coffee: { en: "Coffee", de: "Kaffee", under: "kitchen" },
  kettles: { en: "Kettles", de: "Wasserkocher", under: "kitchen" },
  cookware: { en: "Cookware", de: "Kochgeschirr", under: "kitchen" },
  knives: { en: "Knives", de: "Messer", under: "kitchen" },
  "kitchen-machines": { en: "Kitchen Machines", de: "Küchenmaschinen", under: "kitchen" },
  tableware: { en: "Tableware", de: "Geschirr", under: "kitchen" },
  appliances: { en: "Appliances", de: "Haushaltsgeräte", under: "home" },
  refrigerators: { en: "Refrigerators", de: "Kühlschränke", under: "appliances" },
  "washing-machines": { en: "Washing Machines", de: "Waschmaschinen", under: "appliances" },
  dishwashers: { en: "Dishwashers", de: "Geschirrspüler", under: "appliances" },
  "vacuum-cleaners": { en: "Vacuum Cleaners", de: "Staubsauger", under: "appliances" },
  "air-comfort": { en: "Air & Comfort", de: "Luft & Klima", under: "appliances" },
  furniture: { en: "Furniture", de: "Möbel", under: "home" },
  chairs: { en: "Chairs", de: "Stühle", under: "furniture" },
  desks: { en: "Desks", de: "Schreibtische", under: "furniture" },
  shelves: { en: "Shelves", de: "Regale", under: "furniture" },
  sofas: { en: "Sofas", de: "Sofas", under: "furniture" },
  lighting: { en: "Lighting", de: "Beleuchtung", under: "home" },
  textiles: { en: "Bed & Bath", de: "Bett & Bad", under: "home" },
  sports: { en: "Sports & Outdoors", de: "Sport & Outdoor" },
  running: { en: "Running", de: "Laufen", under: "sports" },
  "running-shoes": { en: "Running Shoes", de: "Laufschuhe", under: "running" },
  "running-clothes": { en: "Running Clothes", de: "Laufbekleidung", under: "running" },
  cycling: { en: "Cycling", de: "Radfahren", under: "sports" },
  bicycles: { en: "Bicycles", de: "Fahrräder", under: "cycling" },
  "cycling-gear": { en: "Cycling Gear", de: "Fahrradzubehör", under: "cycling" },
  camping: { en: "Camping", de: "Camping", under: "sports" },
  tents: { en: "Tents", de: "Zelte", under: "camping" },
  "sleeping-bags": { en: "Sleeping Bags", de: "Schlafsäcke", under: "camping" },
  backpacks: { en: "Backpacks", de: "Rucksäcke", under: "camping" },
  fitness: { en: "Fitness", de: "Fitness", under: "sports" },
  books: { en: "Books", de: "Bücher" },
  fiction: { en: "Fiction", de: "Romane", under: "books" },
  "non-fiction": { en: "Non-Fiction", de: "Sachbücher", under: "books" },
  cookbooks: { en: "Cookbooks", de: "Kochbücher", under: "non-fiction" },
  "technical-books": { en: "Technical Books", de: "Fachbücher", under: "non-fiction" },
  "childrens-books": { en: "Children's Books", de: "Kinderbücher", under: "books" },
} as const satisfies Record<string, SeedCategory>

export type SeedCategorySlug = keyof typeof seedCategoryTree

/** UUIDv7s of one instant that tell kind and number: the same in every shop, as tests and examples like them. */
export const seedId = (kind: number, number: number): string =>
  `018f0000-0000-7000-8${kind.toString(16).padStart(3, "0")}-${number.toString(16).padStart(12, "0")}`

const categorySlugs = Object.keys(seedCategoryTree) as SeedCategorySlug[]

/** The id of a category of the seed catalogue. */
export const seedCategoryId = (slug: string): string =>
  seedId(0, categorySlugs.indexOf(slug as SeedCategorySlug) + 1)

/** The tree of categories, every parent before its children. */
export const seedCategories: readonly Category[] = categorySlugs.map((slug, position) => {
  const { en, de, under }: SeedCategory = seedCategoryTree[slug]
  return {
    id: seedCategoryId(slug),
    slug,
    name: { en, de },
    ...(under && { parentId: seedCategoryId(under as SeedCategorySlug) }),
    position,
    version: 1,
  }
})

/** These categories and all that they lie under, by id as PostgreSQL sorts them. */
export function seedCategoryPath(ids: readonly string[]): string[] {
  const path = new Set<string>()
  for (let waiting = [...ids]; waiting.length > 0; ) {
    for (const id of waiting) path.add(id)
    waiting = seedCategories.flatMap(({ id, parentId }) =>
      parentId && waiting.includes(id) ? [parentId] : [],
    )
  }
  return [...path].sort()
}
