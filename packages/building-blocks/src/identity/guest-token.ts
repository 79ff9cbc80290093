import { GUEST_PREFIX } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import { type VersionedKeys, versionedKeys } from "../versioned-keys.ts"
import { type SignedTokens, signedTokens } from "./signed-token.ts"

/** Settings of an app that knows guests, or the holders of an order's token. */
export const GuestSettings = z.object({ GUEST_TOKEN_KEYS: versionedKeys })

/** A guest is forgotten when nothing was heard of them for so long. */
export const GUEST_TOKEN_DAYS = 90

/** What proves who a guest is. Whoever has it is the guest. */
export type GuestTokens = SignedTokens

export const newGuestId = (id: string): string => `${GUEST_PREFIX}${id}`

/** Signed guest tokens. @param keys the first one signs, all of them verify */
export const guestTokens = (keys: VersionedKeys): GuestTokens =>
  signedTokens(keys, { purpose: "guest token", id: /guest-[0-9a-f-]{36}/, days: GUEST_TOKEN_DAYS })
