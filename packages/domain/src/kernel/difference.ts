import { isSame } from "./same.ts"

/** The members that differ, as they were and as they are, for who looks at what was done; undefined when none does. */
export function differenceOf<T extends object>(
  before: T,
  after: T,
): { from: Partial<T>; to: Partial<T> } | undefined {
  const names = (Object.keys({ ...before, ...after }) as (keyof T)[]).filter(
    (name) => !isSame(before[name], after[name]),
  )
  const those = (value: T) => Object.fromEntries(names.map((name) => [name, value[name]])) as Partial<T>
  return names.length > 0 ? { from: those(before), to: those(after) } : undefined
}
