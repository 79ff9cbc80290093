import type { JwkSet } from "@eshop/building-blocks/signing/signing-keys"
import type { Checkout } from "@eshop/domain/contracts/basket-events"

export type Proofs = {
  /** The signed proof of how a checkout's price came about: a compact JWS of its PriceProof. */
  sign(checkout: Checkout, at: Date): Promise<string>
  /** What a proof is verified with, also one that was signed with a key of before. */
  readonly publicKeys: JwkSet
}
