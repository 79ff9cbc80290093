import { useCase } from "@eshop/building-blocks/app/use-case"
import { JwkSet } from "@eshop/building-blocks/signing/signing-keys"
import * as z from "zod"
import type { Proofs } from "./ports.ts"

/** The public keys of price proofs, as a JWK Set. */
export const getProofKeys = useCase("basket.get-proof-keys", {
  input: z.strictObject({}),
  result: JwkSet,
  handle:
    ({ proofs }: { proofs: Proofs }) =>
    async () =>
      proofs.publicKeys,
})
