import { randomBytes } from "node:crypto"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { newId } from "../ids.ts"
import { versionedKeys } from "../versioned-keys.ts"
import { GuestSettings, guestTokens, newGuestId } from "./guest-token.ts"

const key = () => randomBytes(32).toString("base64")
const [old, current] = [`1:${key()}`, `2.b:${key()}`]
const tokens = guestTokens(versionedKeys.parse(`${current} ${old}`))
const id = newGuestId(newId())
const now = new Date("2026-11-01T10:00:00.500Z")
const later = (days: number, ms = 0) => new Date(now.getTime() + days * 86_400_000 + ms)

describe("a guest's token", () => {
  const token = tokens.issue(id, now)

  test("names its guest until it is 90 days old, at the very second", () => {
    const issuedAt = new Date("2026-11-01T10:00:00.000Z")
    expect(tokens.read(token, now)).toEqual({ id, issuedAt })
    expect(tokens.read(token, later(90, -501))).toEqual({ id, issuedAt })
    expect(tokens.read(token, later(90, -500))).toBeUndefined()
  })

  test("counts nothing when any of its characters is another one", () => {
    fc.assert(
      fc.property(
        fc.nat(token.length - 1),
        fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz0123456789.-_"),
        (at, by) => {
          const changed = token.slice(0, at) + by + token.slice(at + 1)
          // The last character of the signature carries four bits that mean nothing.
          fc.pre(changed !== token && at < token.length - 1)
          expect(tokens.read(changed, now)).toBeUndefined()
        },
      ),
    )
  })

  test.each(["", ".", "a.b.c.d", `${token}.`, `${token}${token}`, token.replace(".", "")])(
    "is none in another form: %s",
    (text) => expect(tokens.read(text, now)).toBeUndefined(),
  )

  test("of a key that was rotated counts as long as the key is there; the first key signs", () => {
    const before = guestTokens(versionedKeys.parse(old)).issue(id, now)
    expect(tokens.read(before, now)?.id).toBe(id)
    expect(guestTokens(versionedKeys.parse(current)).read(before, now)).toBeUndefined()
    expect(token.startsWith("2.b.")).toBe(true)
  })

  test("of another shop's key under the same version does not count", () => {
    const other = guestTokens(versionedKeys.parse(`2.b:${key()}`))
    expect(other.read(token, now)).toBeUndefined()
  })
})

test.each(["", "1", "1:short", `1:${key()} 1:${key()}`, `1:${key()},2:${key()}`])(
  "keys that are none are refused, and not shown: %s",
  (text) => {
    const { error } = GuestSettings.safeParse({ GUEST_TOKEN_KEYS: text })
    expect(error?.issues).toHaveLength(1)
    expect(JSON.stringify(error?.issues)).not.toContain("short")
  },
)
