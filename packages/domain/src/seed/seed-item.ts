import type { SeedCategorySlug } from "./categories.ts"

/** A product of the seed catalogue as a person writes it down; `catalogue.ts` makes products, prices and stock of it. */
export type SeedItem = {
  /** What its SKUs begin with. Its slug is made of its name. */
  readonly code: string
  readonly name: string
  /** The name in German, where it is another one. */
  readonly de?: string
  readonly brand: string
  readonly category: SeedCategorySlug
  /** Whether the home page shows it. */
  readonly featured?: true
  /** Gross, in cents. */
  readonly price: number
  readonly text: string
  readonly attributes: Readonly<Record<string, string | number | boolean | readonly string[]>>
  /** There is a variant for every combination of their values. */
  readonly options?: Readonly<Record<string, readonly string[]>>
  /** What a variant with this value of an option costs more, in cents. */
  readonly surcharge?: Readonly<Record<string, number>>
  /** `standard` where it does not say. */
  readonly taxCategory?: string
}
