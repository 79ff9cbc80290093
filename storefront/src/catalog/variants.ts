import type { Variant } from "./catalog.ts"

/** What there is to choose of a product: each option with its values, in the order of the variants. */
export function optionsOf(variants: readonly Variant[]): { name: string; values: string[] }[] {
  const options = new Map<string, string[]>()
  for (const { options: chosen } of variants) {
    for (const [name, value] of Object.entries(chosen)) {
      const values = options.get(name) ?? []
      if (!values.includes(value)) options.set(name, [...values, value])
    }
  }
  return [...options].map(([name, values]) => ({ name, values }))
}

const agreement = (a: Variant, b: Variant, name: string): number =>
  Object.keys(a.options).filter((other) => other !== name && a.options[other] === b.options[other]).length

/**
 * The variant that has a value, and of those the one that is most like the one that was chosen: who picks another colour keeps
 * the size where there is one.
 */
export function variantWith(
  variants: readonly Variant[],
  chosen: Variant,
  name: string,
  value: string,
): Variant {
  const having = variants.filter(({ options }) => options[name] === value)
  const [best] = having.toSorted((a, b) => agreement(chosen, b, name) - agreement(chosen, a, name))
  return best ?? chosen
}

/** Whether some variant has this value together with all else that was chosen. */
export const isThere = (
  variants: readonly Variant[],
  chosen: Variant,
  name: string,
  value: string,
): boolean =>
  variants.some(({ options }) =>
    Object.entries({ ...chosen.options, [name]: value }).every(([key, wanted]) => options[key] === wanted),
  )
