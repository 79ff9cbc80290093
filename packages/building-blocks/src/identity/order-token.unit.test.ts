import { randomBytes } from "node:crypto"
import { describe, expect, test } from "vitest"
import { newId } from "../ids.ts"
import { versionedKeys } from "../versioned-keys.ts"
import { guestTokens, newGuestId } from "./guest-token.ts"
import { orderTokens } from "./order-token.ts"
import { signedTokens } from "./signed-token.ts"

const key = () => randomBytes(32).toString("base64")
const [old, current] = [`1:${key()}`, `2:${key()}`]
const keys = versionedKeys.parse(`${current} ${old}`)
const tokens = orderTokens(keys)
const orderId = newId()
const issuedAt = new Date("2026-11-01T10:00:00.000Z")
const later = (days: number, ms = 0) => new Date(issuedAt.getTime() + days * 86_400_000 + ms)

describe("an order's token", () => {
  const token = tokens.issue(orderId, issuedAt)

  test("names its order until it is 90 days old, at the very second", () => {
    expect(tokens.read(token, later(90, -1))).toEqual({ id: orderId, issuedAt })
    expect(tokens.read(token, later(90))).toBeUndefined()
  })

  test("names no other order than the one it was signed for", () => {
    expect(tokens.read(token.replace(orderId, newId()), issuedAt)).toBeUndefined()
  })

  test("is no guest's token, and a guest's is none of an order, though the keys are the same", () => {
    const guests = guestTokens(keys)
    expect(guests.read(token, issuedAt)).toBeUndefined()
    expect(tokens.read(guests.issue(newGuestId(newId()), issuedAt), issuedAt)).toBeUndefined()
    const alike = signedTokens(keys, { purpose: "guest token", id: /[0-9a-f-]{36}/, days: 90 })
    expect(tokens.read(alike.issue(orderId, issuedAt), issuedAt)).toBeUndefined()
  })

  test("of a key that was rotated counts as long as the key is there", () => {
    const before = orderTokens(versionedKeys.parse(old)).issue(orderId, issuedAt)
    expect(tokens.read(before, issuedAt)?.id).toBe(orderId)
    expect(orderTokens(versionedKeys.parse(current)).read(before, issuedAt)).toBeUndefined()
  })
})
