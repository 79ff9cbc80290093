import { publicKeysOf, type SigningKeys, signJson } from "@eshop/building-blocks/signing/signing-keys"
import { priceProofOf } from "@eshop/domain/contracts/price-proof"
import type { Proofs } from "../proofs/ports.ts"

/** Price proofs that are signed in this process. */
export const signedProofs = (keys: SigningKeys): Proofs => ({
  sign: (checkout, at) => signJson(keys, "price-proof+json", priceProofOf(checkout, at)),
  publicKeys: publicKeysOf(keys),
})
