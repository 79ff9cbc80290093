/** What the shop asks for (`contact.effort-missing`): a second of work, which one person does not notice and a robot does. */
const ZERO_BITS = 16
/** So many hashes are under way at once. */
const BATCH = 256

/** The first number with which SHA-256 of `id:number` begins with so many zero bits. */
export async function effortFor(id: string): Promise<number> {
  const encoder = new TextEncoder()
  for (let first = 0; ; first += BATCH) {
    const numbers = Array.from({ length: BATCH }, (_, index) => first + index)
    const hashes = await Promise.all(
      numbers.map((number) => crypto.subtle.digest("SHA-256", encoder.encode(`${id}:${number}`))),
    )
    const found = hashes.findIndex((hash) => new DataView(hash).getUint32(0) >>> (32 - ZERO_BITS) === 0)
    if (found >= 0) return first + found
  }
}
