import type { VersionedKeys } from "../versioned-keys.ts"
import { type SignedTokens, signedTokens } from "./signed-token.ts"

/** So long an order's token counts. */
export const ORDER_TOKEN_DAYS = 90

/** What lets its holder see one order, whose id it names, and do with it what its customer may. */
export type OrderTokens = SignedTokens

/** Signed order tokens. @param keys those of guests: the purpose keeps the two kinds of token apart */
export const orderTokens = (keys: VersionedKeys): OrderTokens =>
  signedTokens(keys, {
    purpose: "order token",
    id: /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/,
    days: ORDER_TOKEN_DAYS,
  })
