import { randomBytes } from "node:crypto"
import { versionedKeys } from "@eshop/building-blocks/versioned-keys"
import { describe, expect, test } from "vitest"
import { emailDigests, normaliseEmail } from "./email-digest.ts"

const key = () => randomBytes(32).toString("base64")
const [old, current] = [`1:${key()}`, `2:${key()}`]
const digests = emailDigests(versionedKeys.parse(`${current} ${old}`))

describe("an e-mail address", () => {
  test.each([
    ["Mehmet@Example.COM", "mehmet@example.com"],
    [" mehmet@example.com ", "mehmet@example.com"],
    ["JOSE\u0301@example.com", "josé@example.com"],
    ["josé@EXAMPLE.com", "jose\u0301@example.com"],
  ])("is the same in another spelling: %s", (one, other) => {
    expect(normaliseEmail(one)).toBe(normaliseEmail(other))
    expect(digests.of(one)).toEqual(digests.of(other))
  })

  test.each([
    ["meh.met@example.com", "mehmet@example.com"],
    ["mehmet+shop@example.com", "mehmet@example.com"],
    ["mehmet@example.com", "mehmet@example.org"],
    ["jose@example.com", "josé@example.com"],
  ])("is another one: %s", (one, other) => expect(digests.of(one)).not.toEqual(digests.of(other)))

  test("is an HMAC under the current key, and is looked for under all of them", () => {
    const [before, after] = [emailDigests(versionedKeys.parse(old)), digests]
    expect(after.of("a@b.example").keyVersion).toBe("2")
    expect(after.all("a@b.example")).toEqual([after.of("a@b.example"), before.of("a@b.example")])
    expect(after.of("a@b.example").value).not.toBe(before.of("a@b.example").value)
    expect(after.of("a@b.example").value).toMatch(/^[\w-]{43}$/)
  })

  test("is no text that is counted, and the other way round", () => {
    expect(digests.ofText("a@b.example")).not.toBe(digests.of("a@b.example").value)
  })
})
