import { createHmac, createPublicKey } from "node:crypto"
import { exportSPKI, UnsecuredJWT } from "jose"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { type Issuer, startIssuer, type TokenClaims } from "./testing/issuer.ts"
import { InvalidTokenError, tokenVerifier } from "./verify-token.ts"

let issuer: Issuer
beforeEach(async () => {
  issuer = await startIssuer()
})
afterEach(() => issuer.close())

const verifier = (changes: { IDENTITY_CUSTOMER_CLAIM?: string; IDENTITY_STAFF_ISSUER?: string } = {}) =>
  tokenVerifier(
    {
      ...{ IDENTITY_ISSUER: issuer.issuer, IDENTITY_AUDIENCE: "eshop", IDENTITY_CUSTOMER_CLAIM: "sub" },
      ...changes,
    },
    issuer.clock,
  )
const callerOf = async (claims: TokenClaims, options?: Parameters<Issuer["token"]>[1]) =>
  await verifier().verify(`Bearer ${await issuer.token(claims, options)}`)

test("a call without a token is anonymous, and asks nobody", async () => {
  expect(await verifier().verify(null)).toEqual({ kind: "anonymous" })
  expect(issuer.asked).toEqual([])
})

test("a token names the caller and the roles", async () => {
  const tokens = verifier()
  const operator = { kind: "customer", id: "mehmet", roles: ["a", "b"] }
  expect(await tokens.verify(`Bearer ${await issuer.token({ roles: ["a", "b"] })}`)).toEqual(operator)
  expect(await tokens.verify(`bearer ${await issuer.token()}`)).toEqual({ ...operator, roles: [] })
})

test("RS256 is taken as well, as Entra signs, and the type that RFC 9068 gives access tokens", async () => {
  await issuer.addKey("rsa", "RS256")
  const tokens = verifier()
  for (const typ of ["JWT", "jwt", "at+jwt", "application/at+jwt", undefined]) {
    const token = await issuer.token({}, { kid: "rsa", header: { typ } })
    expect(await tokens.verify(`Bearer ${token}`)).toMatchObject({ id: "mehmet" })
  }
})

test("a token for several audiences is taken when the shop is one of them", async () => {
  expect(await callerOf({ aud: ["bank", "eshop"] })).toMatchObject({ id: "mehmet" })
  await expect(callerOf({ aud: ["bank", "eshop2"] })).rejects.toThrow(InvalidTokenError)
})

test("clocks may differ by five seconds", async () => {
  for (const claims of [{ exp: issuer.inSeconds(-4) }, { nbf: issuer.inSeconds(5) }])
    expect(await callerOf(claims)).toMatchObject({ id: "mehmet" })
})

describe("refused is a token", () => {
  const refused = async (token: string) =>
    await expect(verifier().verify(`Bearer ${token}`)).rejects.toThrow(InvalidTokenError)

  test.each<[string, (at: (seconds: number) => number) => TokenClaims]>([
    ["of another issuer", () => ({ iss: "http://elsewhere" })],
    ["of no issuer", () => ({ iss: undefined })],
    ["for another audience", () => ({ aud: "bank" })],
    ["for no audience", () => ({ aud: undefined })],
    ["that has expired", (at) => ({ exp: at(-5) })],
    ["without an expiry", () => ({ exp: undefined })],
    ["that does not count yet", (at) => ({ nbf: at(6) })],
    ["without a subject", () => ({ sub: "" })],
    ["whose roles are no list", () => ({ roles: "admin" })],
    ["whose customer groups are no list", () => ({ customer_groups: "trade" })],
    ["whose customer groups have no names", () => ({ customer_groups: ["Trade Customers"] })],
    ["with more customer groups than a quote takes", () => ({ customer_groups: Array(21).fill("trade") })],
    ["of somebody called a guest", () => ({ sub: "guest-0190b6a0-0000-7000-8000-000000000000" })],
  ])("%s", async (_, claims) => refused(await issuer.token(claims(issuer.inSeconds))))

  test.each(["id_token+jwt", "logout+jwt", "dpop+jwt", "refresh"])("of type %s", async (typ) =>
    refused(await issuer.token({}, { header: { typ } })),
  )
  test("that another key signed under our key's name", async () => {
    await issuer.addKey("other")
    await refused(await issuer.token({}, { kid: "one", by: "other" }))
  })
  test("that nobody signed", async () => {
    await refused(new UnsecuredJWT({ sub: "mehmet", aud: "eshop", iss: issuer.issuer }).encode())
  })
  test("that was signed with the public key as a secret", async () => {
    await issuer.addKey("rsa", "RS256")
    const [, payload] = (await issuer.token()).split(".")
    const header = Buffer.from(JSON.stringify({ alg: "HS256", kid: "rsa" })).toString("base64url")
    const pem = await exportSPKI(issuer.keys.get("rsa")?.publicKey as never)
    for (const secret of [pem, createPublicKey(pem).export({ type: "spki", format: "der" })]) {
      const signature = createHmac("sha256", secret).update(`${header}.${payload}`).digest("base64url")
      await refused(`${header}.${payload}.${signature}`)
    }
  })
  test("whose payload was changed", async () => {
    const [header, , signature] = (await issuer.token()).split(".")
    const claims = { iss: issuer.issuer, aud: "eshop", sub: "john", exp: issuer.inSeconds(600) }
    const payload = Buffer.from(JSON.stringify(claims)).toString("base64url")
    await refused(`${header}.${payload}.${signature}`)
  })
  test("that is none", async () => {
    for (const text of ["a.b.c", "abc", ""]) await refused(text)
    await expect(verifier().verify("Basic YTpi")).rejects.toThrow(InvalidTokenError)
  })
})

test("a remembered token is refused once it has expired", async () => {
  const tokens = verifier()
  const token = await issuer.token({ exp: issuer.inSeconds(10) })
  expect(await tokens.verify(`Bearer ${token}`)).toMatchObject({ id: "mehmet" })
  issuer.pass(16)
  await expect(tokens.verify(`Bearer ${token}`)).rejects.toThrow(InvalidTokenError)
})

describe("where staff have a directory of their own", () => {
  let staff: Issuer
  beforeEach(async () => {
    staff = await startIssuer()
  })
  afterEach(() => staff.close())
  const verify = async (token: string) =>
    await verifier({ IDENTITY_STAFF_ISSUER: staff.issuer }).verify(`Bearer ${token}`)
  const app = { idtyp: "app", azp: "basket", roles: ["discount.quote"] }

  test("roles and services are its alone, and customers of both have names", async () => {
    expect(await verify(await staff.token({ sub: "ada", roles: ["operations"] }))).toEqual({
      ...{ kind: "customer", id: "ada", roles: ["operations"] },
    })
    expect(await verify(await staff.token(app))).toMatchObject({ kind: "service", id: "basket" })
    expect(await verify(await issuer.token({ roles: ["operations"] }))).toEqual({
      ...{ kind: "customer", id: "mehmet", roles: [] },
    })
    await expect(verify(await issuer.token(app))).rejects.toThrow("services are of another issuer")
  })

  test("neither's key signs for the other", async () => {
    for (const [signer, named] of [
      [issuer, staff],
      [staff, issuer],
    ] as const)
      await expect(verify(await signer.token({ iss: named.issuer }))).rejects.toThrow(InvalidTokenError)
  })
})
