/** The parts of a version of .NET: two to four whole numbers; undefined for another text. */
const partsOf = (version: string): number[] | undefined =>
  /^\d+(\.\d+){1,3}$/.test(version) ? version.split(".").map(Number) : undefined

/**
 * Compares versions of orchestrations as the extension does: as System.Version, otherwise as texts without regard to
 * case; none is older than any.
 * @returns less than, equal to or greater than 0
 */
export function compareVersions(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null)
  const [left, right] = [partsOf(a), partsOf(b)]
  if (!left || !right) {
    const [x, y] = [a.toLowerCase(), b.toLowerCase()]
    return x < y ? -1 : Number(x > y)
  }
  for (let index = 0; index < 4; index++) {
    // A part that is missing is less than 0.
    const difference = (left[index] ?? -1) - (right[index] ?? -1)
    if (difference !== 0) return difference
  }
  return 0
}
