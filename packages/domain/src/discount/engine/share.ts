/**
 * Shares an amount by weight: each gets the whole cents of its part, and the cents that are left go one each to the
 * largest remainders, the first of equals first. The shares add up to the amount, and none is larger than its weight.
 * @param amount minor units, at most the sum of the weights
 * @returns one share per weight
 */
export function share(amount: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (total === 0) return weights.map(() => 0)
  const parts = weights.map((weight, index) => {
    const product = BigInt(amount) * BigInt(weight)
    return { index, share: Number(product / BigInt(total)), remainder: product % BigInt(total) }
  })
  let left = amount - parts.reduce((sum, part) => sum + part.share, 0)
  const byRemainder = parts.toSorted((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  )
  for (const part of byRemainder) {
    if (left === 0) break
    part.share++
    left--
  }
  return parts.map((part) => part.share)
}
