import { openKeyRing } from "@eshop/identity-provider/keys"
import { SignJWT } from "jose"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { type Edge, startEdge } from "./testing/edge.ts"

let edge: Edge
beforeEach(async () => {
  edge = await startEdge()
})
afterEach(() => edge.close())

const cart = async (token: string) =>
  (await fetch(`${edge.url}/basket/cart`, { headers: { authorization: `Bearer ${token}` } })).status

/** A token that the issuer signed, whatever it says. */
async function signed(claims: Record<string, unknown>, typ?: string) {
  const { kid, privateKey } = (await openKeyRing(edge.dataDir, Date.now)).current()
  const exp = Math.floor(Date.now() / 1_000) + 600
  return new SignJWT({ iss: edge.issuer, aud: "eshop", sub: "mehmet", exp, ...claims })
    .setProtectedHeader({ alg: "RS256", kid, ...(typ && { typ }) })
    .sign(privateKey)
}

describe("the kind of a token", () => {
  it.each([
    ["a person's", { scp: "access_as_user" }, "at+jwt"],
    ["a person's without scopes, of another issuer", {}, undefined],
    ["an application's of Entra", { tid: "t", azp: "basket" }, "JWT"],
    ["an application's of Entra, version 1", { tid: "t", appid: "basket" }, "JWT"],
  ])("is right when it is %s", async (_, claims, typ) => {
    expect(await cart(await signed(claims, typ))).toBe(200)
  })

  it.each([
    ["an id token", { nonce: "n", scp: "access_as_user" }, "JWT"],
    ["an id token of the code flow", { at_hash: "a" }, "JWT"],
    ["an id token of Entra", { tid: "t" }, "JWT"],
    ["for another scope", { scp: "openid" }, "JWT"],
    ["of another type", { scp: "access_as_user" }, "logout+jwt"],
  ])("is wrong when it is %s", async (_, claims, typ) => {
    expect(await cart(await signed(claims, typ))).toBe(401)
    expect(edge.seen).toEqual([])
  })
})

describe("the issuer's keys", () => {
  it("are those that it has by now: a rotated one is followed", async () => {
    const before = await edge.token("customer=mehmet")
    expect(await cart(before)).toBe(200)
    await fetch(`${edge.issuer}/dev/rotate-keys`, { method: "POST" })
    const known = await edge.token("customer=john")
    // Within a second of the last time the issuer is not asked: anybody can make unknown keys up.
    await expect.poll(() => cart(known), { timeout: 5_000, interval: 100 }).toBe(200)
    expect(await cart(before)).toBe(200)
  })

  it("count while it is away", async () => {
    const [first, second] = [await edge.token("customer=mehmet"), await edge.token("customer=john")]
    expect(await cart(first)).toBe(200)
    await edge.stopIssuer()
    expect(await cart(second)).toBe(200)
  })
})
