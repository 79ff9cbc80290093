import { type KeySet, verifyProof } from "../../../../tools/price-proof/verify.ts"
import { operator } from "./operator.ts"

/** Where Ordering and Basket listen, and who makes an operator's token. */
export type VerificationUrls = {
  readonly identity: string
  readonly ordering: string
  readonly basket: string
}

type Verified = {
  readonly orderId: string
  readonly problems: readonly { readonly code: string; readonly detail: string }[]
  readonly proof?: string
}
type VerifiedDigest = {
  readonly sha256: string
  readonly previous?: string
  readonly problems: readonly { readonly orderId: string; readonly version: number }[]
}

/** What a verification found: how much was looked at, and a line for whatever does not hold. */
export type Verification = {
  readonly orders: number
  readonly proofs: number
  readonly digests: number
  readonly problems: readonly string[]
}

/**
 * Walks the streams of all orders, computes their sums again and verifies their price proofs with Basket's public keys;
 * then each day's digest against the streams, and each digest against the one before.
 * @param onProgress hears how many orders were looked at, after each page
 */
export async function verifyOrders(
  { identity, ordering, basket }: VerificationUrls,
  onProgress: (orders: number) => void,
): Promise<Verification> {
  const call = operator(identity)
  const get = <T>(path: string) =>
    call<T>(ordering, { method: "GET", path: `/operations/verification/${path}` })
  const keys = (await (await fetch(`${basket}/price-proof-keys`)).json()) as KeySet
  const problems: string[] = []
  let [orders, proofs] = [0, 0]
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: { items: Verified[]; nextCursor: string | null } = await get(
      `orders${cursor && `?cursor=${cursor}`}`,
    )
    for (const { orderId, problems: told, proof } of page.items) {
      const all = [...told.map(({ code, detail }) => `${code} ${detail}`), ...unverified(proof, keys)]
      problems.push(...all.map((problem) => `order ${orderId}: ${problem}`))
      if (proof !== undefined) proofs += 1
    }
    orders += page.items.length
    onProgress(orders)
    cursor = page.nextCursor
  }
  const { days } = await get<{ days: string[] }>("digests")
  let before: string | undefined
  for (const day of days) {
    const { sha256, previous, problems: changed } = await get<VerifiedDigest>(`digests/${day}`)
    if (previous !== before) problems.push(`digest ${day}: does not follow the one before`)
    const lines = changed.map(
      ({ orderId, version }) => `digest ${day}: order ${orderId} had another event ${version}`,
    )
    problems.push(...lines)
    before = sha256
  }
  return { orders, proofs, digests: days.length, problems }
}

/** What does not hold of a price proof. */
function unverified(proof: string | undefined, keys: KeySet): string[] {
  if (proof === undefined) return []
  try {
    verifyProof(proof, keys)
    return []
  } catch (error) {
    return [`price-proof.invalid ${(error as Error).message}`]
  }
}
