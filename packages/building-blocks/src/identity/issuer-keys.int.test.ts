import { afterEach, beforeEach, expect, test } from "vitest"
import { DependencyUnavailableError } from "../failure.ts"
import { type Issuer, startIssuer } from "./testing/issuer.ts"
import { InvalidTokenError, tokenVerifier } from "./verify-token.ts"

const DISCOVERY = "/.well-known/openid-configuration"
let issuer: Issuer
let verify: (token: string) => Promise<unknown>

beforeEach(async () => {
  issuer = await startIssuer()
  const settings = {
    IDENTITY_ISSUER: issuer.issuer,
    IDENTITY_AUDIENCE: "eshop",
    IDENTITY_CUSTOMER_CLAIM: "sub",
  }
  const tokens = tokenVerifier(settings, issuer.clock)
  verify = (token) => tokens.verify(`Bearer ${token}`)
})
afterEach(() => issuer.close())

const isOut = async (token: string) => await expect(verify(token)).rejects.toThrow(DependencyUnavailableError)
const isRefused = async (token: string) => await expect(verify(token)).rejects.toThrow(InvalidTokenError)
const isGood = async (token: string) => expect(await verify(token)).toMatchObject({ kind: "customer" })
let tokens = 0
/** A token that nobody has seen. */
const another = (options?: Parameters<Issuer["token"]>[1]) => issuer.token({ jti: String(tokens++) }, options)

test("the issuer is asked once for its keys, whatever comes", async () => {
  await Promise.all([isGood(await another()), isGood(await another())])
  await isGood(await another())
  expect(issuer.asked).toEqual([DISCOVERY, "/jwks"])
})

test("a rotated key is followed at its first token, and the old one counts while it is published", async () => {
  await isGood(await another())
  await issuer.addKey("two")
  await isGood(await another({ kid: "two" }))
  await isGood(await another())
  expect(issuer.asked).toEqual([DISCOVERY, "/jwks", DISCOVERY, "/jwks"])
})

test("a key that is rotated again and again counts from its first token on", async () => {
  for (const kid of ["two", "three", "four", "five", "six"]) {
    await issuer.addKey(kid)
    await isGood(await another({ kid }))
  }
  expect(issuer.asked.filter((path) => path === "/jwks")).toHaveLength(5)
})

test("a key that is withdrawn counts no more once the keys were asked for again", async () => {
  const token = await another()
  await isGood(token)
  await issuer.addKey("two")
  const [stolen, fresh] = [await another(), await another({ kid: "two" })]
  issuer.keys.delete("one")
  issuer.pass(301)
  await isGood(stolen)
  await isGood(fresh)
  await isRefused(await issuer.token({ jti: "forged" }, { kid: "one", by: "two" }))
  issuer.pass(298)
  // Its last check was 599 s ago: it is checked again, by keys that no longer have its own.
  await isRefused(token)
})

test("unknown keys, however many, ask the issuer five times, then once in five seconds", async () => {
  await issuer.addKey("stranger")
  const strange = await Promise.all(
    Array.from({ length: 50 }, (_, at) => another({ kid: `unknown-${at}`, by: "stranger" })),
  )
  issuer.keys.delete("stranger")
  await isGood(await another())
  const rounds = () => issuer.asked.filter((path) => path === "/jwks").length - 1
  await Promise.all(strange.map(isRefused))
  expect(rounds()).toBe(1)
  for (const token of strange) await isRefused(token)
  expect(rounds()).toBe(5)
  issuer.pass(5)
  for (const token of strange) await isRefused(token)
  expect(rounds()).toBe(6)
  await isGood(await another())
})

test("a key that is rotated during a flood is followed within five seconds", async () => {
  await issuer.addKey("stranger")
  const strange = await Promise.all(
    Array.from({ length: 5 }, (_, at) => another({ kid: `unknown-${at}`, by: "stranger" })),
  )
  issuer.keys.delete("stranger")
  for (const token of strange) await isRefused(token)
  await issuer.addKey("two")
  const fresh = await another({ kid: "two" })
  await isRefused(fresh)
  issuer.pass(5)
  await isGood(fresh)
})

test("a flood while the issuer is away asks it once a second", async () => {
  await isGood(await another())
  await issuer.addKey("stranger")
  const strange = await Promise.all(
    Array.from({ length: 20 }, (_, at) => another({ kid: `unknown-${at}`, by: "stranger" })),
  )
  issuer.statusOf[DISCOVERY] = 503
  for (const token of strange) await expect(verify(token)).rejects.toThrow()
  expect(issuer.asked).toEqual([DISCOVERY, "/jwks", DISCOVERY])
  await isGood(await another())
})

test("known keys count for an hour while the issuer is away, and it is asked again meanwhile", async () => {
  await isGood(await another())
  await issuer.goAway()
  issuer.pass(60)
  await isGood(await another())
  const late = await issuer.token({ exp: issuer.inSeconds(7_200) })
  issuer.pass(3_540)
  await isGood(late)
  issuer.pass(1)
  const tooLate = await issuer.token({ exp: issuer.inSeconds(7_200), jti: "too late" })
  await isOut(tooLate)
  await issuer.comeBack()
  issuer.pass(1)
  await isGood(tooLate)
})

test("old keys are asked for again while the known ones go on counting", async () => {
  await isGood(await another())
  issuer.pass(601)
  await isGood(await another())
  await expect.poll(() => issuer.asked).toEqual([DISCOVERY, "/jwks", DISCOVERY, "/jwks"])
})

test("a token of an unknown key waits for an issuer that is away", async () => {
  await isGood(await another())
  await issuer.addKey("two")
  const token = await another({ kid: "two" })
  await issuer.goAway()
  await isOut(token)
  await issuer.comeBack()
  issuer.pass(1)
  await isGood(token)
})

test.each([
  ["its discovery answers an error", () => Object.assign(issuer.statusOf, { [DISCOVERY]: 503 })],
  ["it calls itself otherwise", () => Object.assign(issuer, { namesIssuer: "http://elsewhere" })],
  ["its keys answer an error", () => Object.assign(issuer.statusOf, { "/jwks": 500 })],
  ["nobody listens", () => issuer.goAway()],
])("an issuer is out, which is not the caller's fault, when %s", async (_, harm) => {
  await harm()
  await isOut(await another())
})

test("an issuer that does not answer is left alone for a second, then asked again", async () => {
  issuer.statusOf[DISCOVERY] = 503
  const token = await another()
  for (let turn = 0; turn < 3; turn++) await isOut(token)
  expect(issuer.asked).toEqual([DISCOVERY])
  issuer.statusOf = {}
  issuer.pass(1)
  await isGood(token)
})
