import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from "jose"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { DependencyUnavailableError } from "../failure.ts"
import { InvalidTokenError, tokenVerifier } from "./verify-token.ts"

type Keys = { publicKey: CryptoKey; privateKey: CryptoKey }
let server: Server
let issuer: string
let asked: string[]
/** What the issuer does: its keys, and whether it answers. */
let state: { keys: Map<string, Keys>; status: number; namesIssuer?: string }

beforeEach(async () => {
  asked = []
  state = { keys: new Map([["one", await generateKeyPair("ES256")]]), status: 200 }
  server = createServer(async (request, response) => {
    asked.push(request.url ?? "")
    response.writeHead(state.status, { "content-type": "application/json" })
    if (request.url === "/jwks") {
      const keys = await Promise.all(
        [...state.keys].map(async ([kid, { publicKey }]) => ({ ...(await exportJWK(publicKey)), kid })),
      )
      response.end(JSON.stringify({ keys }))
    } else response.end(JSON.stringify({ issuer: state.namesIssuer ?? issuer, jwks_uri: `${issuer}/jwks` }))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

type Claims = {
  iss?: string
  aud?: string
  sub?: string
  roles?: unknown
  exp?: number
  [other: string]: unknown
}
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds
async function signed(
  claims: Claims = {},
  kid = "one",
  privateKey?: CryptoKey,
  alg = "ES256",
): Promise<string> {
  const key = privateKey ?? (state.keys.get(kid) as Keys).privateKey
  const payload = { iss: issuer, aud: "eshop", sub: "mehmet", exp: inSeconds(600), ...claims }
  return new SignJWT(payload).setProtectedHeader({ alg, kid }).sign(key)
}
const verifier = (claim = "sub") =>
  tokenVerifier({ IDENTITY_ISSUER: issuer, IDENTITY_AUDIENCE: "eshop", IDENTITY_CUSTOMER_CLAIM: claim })

test("a call without a token is anonymous, and asks nobody", async () => {
  expect(await verifier().verify(null)).toEqual({ kind: "anonymous" })
  expect(asked).toEqual([])
})

test("a token names the caller and the roles", async () => {
  const tokens = verifier()
  expect(await tokens.verify(`Bearer ${await signed({ roles: ["a", "b"] })}`)).toEqual({
    kind: "customer",
    id: "mehmet",
    roles: ["a", "b"],
  })
  expect(await tokens.verify(`bearer ${await signed()}`)).toEqual({
    kind: "customer",
    id: "mehmet",
    roles: [],
  })
})

describe("who the caller is", () => {
  const callerOf = async (claims: Claims, claim?: string) =>
    await verifier(claim).verify(`Bearer ${await signed(claims)}`)

  test("a customer by the claim that the setting names, as it is", async () => {
    const entra = { sub: "pairwise", oid: "58C49479-EC65-4de2-86e7-033c546291aa", tid: "t", scp: "shop" }
    expect(await callerOf(entra, "oid")).toEqual({ kind: "customer", id: entra.oid, roles: [] })
    expect(await callerOf({ sub: "auth0|AbC" })).toMatchObject({ kind: "customer", id: "auth0|AbC" })
  })

  test("a customer with the groups that the merchant's directory names", async () => {
    expect(await callerOf({ customer_groups: ["trade", "press"] })).toEqual({
      kind: "customer",
      id: "mehmet",
      roles: [],
      customerGroups: ["trade", "press"],
    })
    expect(await callerOf({ customer_groups: [] })).toEqual({ kind: "customer", id: "mehmet", roles: [] })
  })

  test("a service by an application's own token: it gets no cart", async () => {
    const ofApp = { sub: "object-id", azp: "client-id", roles: ["stock.hold"] }
    const service = { kind: "service", id: "client-id", roles: ["stock.hold"] }
    expect(await callerOf({ ...ofApp, idtyp: "app" }, "oid")).toEqual(service)
    expect(await callerOf({ ...ofApp, tid: "t" }, "oid")).toEqual(service)
  })

  test("nobody when the claim is missing or cannot name a customer", async () => {
    for (const claims of [{}, { oid: "" }, { oid: "a b" }, { oid: "x".repeat(129) }])
      await expect(callerOf(claims, "oid")).rejects.toThrow("no claim 'oid'")
  })
})

test("RS256 is taken as well, as Entra signs", async () => {
  const keys = await generateKeyPair("RS256")
  state.keys.set("rsa", keys)
  const token = await signed({}, "rsa", keys.privateKey, "RS256")
  expect(await verifier().verify(`Bearer ${token}`)).toMatchObject({ id: "mehmet" })
})

describe("refused is a token", () => {
  const refused = async (token: string) =>
    await expect(verifier().verify(`Bearer ${token}`)).rejects.toThrow(InvalidTokenError)

  test("of another issuer", async () => refused(await signed({ iss: "http://elsewhere" })))
  test("for another audience", async () => refused(await signed({ aud: "bank" })))
  test("that has expired", async () => refused(await signed({ exp: inSeconds(-10) })))
  test("without an expiry", async () => refused(await signed({ exp: undefined as never })))
  test("without a subject", async () => refused(await signed({ sub: "" })))
  test("whose roles are no list", async () => refused(await signed({ roles: "admin" })))
  test("whose customer groups are no list, or have no names", async () => {
    for (const groups of ["trade", ["Trade Customers"], Array(21).fill("trade")])
      await refused(await signed({ customer_groups: groups }))
  })
  test("that another key signed under our key's name", async () => {
    const { privateKey } = await generateKeyPair("ES256")
    await refused(await signed({}, "one", privateKey))
  })
  test("of a key that the issuer does not publish", async () => {
    const { privateKey } = await generateKeyPair("ES256")
    await refused(await signed({}, "unknown", privateKey))
  })
  test("that nobody signed", async () => {
    await refused(new UnsecuredJWT({ sub: "mehmet", aud: "eshop", iss: issuer }).encode())
  })
  test("that was signed with a secret", async () => {
    const secret = new TextEncoder().encode("a secret that is long enough for HS256")
    await refused(await signed({}, "one", secret as never, "HS256"))
  })
  test("whose payload was changed", async () => {
    const [header, , signature] = (await signed()).split(".")
    const payload = Buffer.from(
      JSON.stringify({ iss: issuer, aud: "eshop", sub: "john", exp: inSeconds(600) }),
    ).toString("base64url")
    await refused(`${header}.${payload}.${signature}`)
  })
  test("that is none", async () => {
    for (const text of ["a.b.c", "abc", ""]) await refused(text)
    await expect(verifier().verify("Basic YTpi")).rejects.toThrow(InvalidTokenError)
  })
})

test("the issuer is asked once for its keys, whatever comes", async () => {
  const tokens = verifier()
  await Promise.all([tokens.verify(`Bearer ${await signed()}`), tokens.verify(`Bearer ${await signed()}`)])
  await tokens.verify(`Bearer ${await signed({ sub: "john" })}`)
  expect(asked).toEqual(["/.well-known/openid-configuration", "/jwks"])
})

test("a remembered token is refused once it has expired", async () => {
  const tokens = verifier()
  const token = await signed({ exp: inSeconds(-4) })
  expect(await tokens.verify(`Bearer ${token}`)).toMatchObject({ id: "mehmet" })
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  await expect(tokens.verify(`Bearer ${token}`)).rejects.toThrow(InvalidTokenError)
})

describe("an issuer that is out is not the caller's fault", () => {
  const isOut = async () =>
    await expect(verifier().verify(`Bearer ${await signed()}`)).rejects.toThrow(DependencyUnavailableError)

  test("when nobody listens", async () => {
    const token = await signed()
    await new Promise((resolve) => server.close(resolve))
    await expect(verifier().verify(`Bearer ${token}`)).rejects.toThrow(DependencyUnavailableError)
  })
  test("when it answers an error", async () => {
    state.status = 503
    await isOut()
  })
  test("when it calls itself otherwise", async () => {
    state.namesIssuer = "http://elsewhere"
    await isOut()
  })
  test("when only its keys cannot be had", async () => {
    const tokens = verifier()
    const discovered = fetch(`${issuer}/.well-known/openid-configuration`)
    await discovered
    const token = await signed()
    const original = server.listeners("request")[0] as (...args: unknown[]) => void
    server.removeAllListeners("request")
    server.on("request", (request, response) =>
      request.url === "/jwks" ? response.writeHead(500).end() : original(request, response),
    )
    await expect(tokens.verify(`Bearer ${token}`)).rejects.toThrow(DependencyUnavailableError)
  })

  test("and is asked again by the next call", async () => {
    const tokens = verifier()
    const token = await signed()
    state.status = 503
    await expect(tokens.verify(`Bearer ${token}`)).rejects.toThrow(DependencyUnavailableError)
    state.status = 200
    expect(await tokens.verify(`Bearer ${token}`)).toMatchObject({ id: "mehmet" })
  })
})
