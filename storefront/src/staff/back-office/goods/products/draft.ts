import type { CatalogUpdateProductData } from "@eshop/shop-client/generated/types.gen"
import type { Product } from "./products.ts"

/** What the shop keeps of what a merchant says of a product. */
export type Content = CatalogUpdateProductData["body"]
type Value = Content["attributes"][string]

export const attributeKinds = ["text", "number", "yes-no", "list"] as const
export type AttributeKind = (typeof attributeKinds)[number]
/** `value` as it is typed; values of a list are separated by semicolons. */
export type AttributeDraft = { readonly name: string; readonly kind: AttributeKind; readonly value: string }

export type ImageDraft = {
  readonly url: string
  /** Pixels; 0 until the picture was seen. */
  readonly width: number
  readonly height: number
  readonly alt: Readonly<Record<string, string>>
}

export type VariantDraft = {
  /** Tells rows apart while SKUs are typed. */
  readonly key: string
  readonly sku: string
  readonly gtin: string
  readonly options: Readonly<Record<string, string>>
  readonly min: string
  readonly max: string
  readonly step: string
  readonly backorder: boolean
  readonly image: string
}

/** A product as a form holds it: everything as it was typed. */
export type Draft = {
  readonly slug: string
  readonly name: Readonly<Record<string, string>>
  readonly description: Readonly<Record<string, string>>
  readonly brand: string
  readonly categories: readonly string[]
  readonly attributes: readonly AttributeDraft[]
  readonly images: readonly ImageDraft[]
  /** What tells the variants apart. */
  readonly optionNames: readonly string[]
  readonly variants: readonly VariantDraft[]
  readonly status: "draft" | "published"
  readonly featured: boolean
}

export const newVariant = (): VariantDraft => ({
  ...{ key: crypto.randomUUID(), sku: "", gtin: "", options: {}, min: "1", max: "", step: "1" },
  ...{ backorder: false, image: "" },
})

/** How a part of the form changes it. */
export type Change = (next: Partial<Draft>) => void

/** What a form for a new product begins with. */
export const emptyDraft = (): Draft => ({
  ...{ slug: "", name: { en: "" }, description: { en: "" }, brand: "", categories: [], attributes: [] },
  ...{ images: [], optionNames: [], variants: [newVariant()], status: "draft" },
  featured: false,
})

const kindOf = (value: Value): AttributeKind => {
  if (Array.isArray(value)) return "list"
  if (typeof value === "boolean") return "yes-no"
  return typeof value === "number" ? "number" : "text"
}

/** The content of a product, without what the shop adds to it. */
export function contentOf({
  id: _,
  version: __,
  updatedAt: ___,
  variants,
  status,
  ...content
}: Product): Content {
  return {
    ...content,
    // Whoever saves a discontinued product brings it back.
    status: status === "published" ? "published" : "draft",
    variants: variants.map(({ price: _, lowestPrice30Days: __, prices: ___, ...variant }) => variant),
  }
}

/** A content as a form shows it. */
export function draftOf(content: Content): Draft {
  return {
    ...content,
    brand: content.brand ?? "",
    featured: content.featured ?? false,
    attributes: Object.entries(content.attributes).map(([name, value]) => ({
      name,
      kind: kindOf(value),
      value: Array.isArray(value) ? value.join("; ") : String(value),
    })),
    optionNames: [...new Set(content.variants.flatMap(({ options }) => Object.keys(options)))],
    variants: content.variants.map(({ sku, gtin = "", options, quantity, backorder, image = "" }) => ({
      ...{ key: sku, sku, gtin, options, backorder, image },
      min: String(quantity.min),
      max: quantity.max === undefined ? "" : String(quantity.max),
      step: String(quantity.step),
    })),
  }
}

const filled = (texts: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim() !== ""))

/** What is no number is sent as it is typed: the shop says what is wrong with it, and where. */
const numberIn = (typed: string): number => (typed.trim() === "" ? Number.NaN : Number(typed))

function typedValue({ kind, value }: AttributeDraft): Value {
  if (kind === "number") return numberIn(value)
  if (kind === "yes-no") return value === "true"
  if (kind === "text") return value.trim()
  return value
    .split(";")
    .map((one) => one.trim())
    .filter((one) => one !== "")
}

/** What a form says, as it is sent. */
export function contentFrom(draft: Draft): Content {
  const { optionNames, variants, attributes, brand, ...rest } = draft
  return {
    ...rest,
    slug: draft.slug.trim(),
    name: filled(draft.name),
    description: filled(draft.description),
    ...(brand.trim() !== "" && { brand: brand.trim() }),
    categories: [...draft.categories],
    attributes: Object.fromEntries(
      attributes.filter(({ name }) => name.trim() !== "").map((one) => [one.name.trim(), typedValue(one)]),
    ),
    images: draft.images.map((image) => ({ ...image, alt: filled(image.alt) })),
    variants: variants.map(({ sku, gtin, options, min, max, step, backorder, image }) => ({
      sku: sku.trim(),
      ...(gtin.trim() !== "" && { gtin: gtin.trim() }),
      options: filled(Object.fromEntries(optionNames.map((name) => [name, options[name]?.trim() ?? ""]))),
      quantity: {
        ...{ min: numberIn(min), step: numberIn(step) },
        ...(max.trim() !== "" && { max: numberIn(max) }),
      },
      backorder,
      ...(image !== "" && { image }),
    })),
  }
}

/** An address made of a name: `Café au lait` → `cafe-au-lait`. */
export const slugOf = (name: string): string =>
  name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 120)
    .replace(/^-|-$/g, "")
