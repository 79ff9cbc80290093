import { mkdtemp, rm, stat } from "node:fs/promises"
import type { Server } from "node:http"
import { type AddressInfo, connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startIdentityProvider } from "./server.ts"

const origin = "http://localhost:5173"
let dataDir: string
let server: Server
let url: string

async function start() {
  const started = await startIdentityProvider({
    port: 0,
    audience: "eshop",
    dataDir,
    allowedOrigins: [origin],
  })
  return { server: started, url: `http://localhost:${(started.address() as AddressInfo).port}` }
}

const stop = (running: Server) => {
  running.closeAllConnections()
  return new Promise((resolve) => running.close(resolve))
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "identity-"))
  const started = await start()
  server = started.server
  url = started.url
})

afterAll(async () => {
  await stop(server)
  await rm(dataDir, { recursive: true })
})

/** Members of the answers that are looked at one by one. */
interface Answer {
  access_token: string
  customer_id: string
  error: string
  issuer: string
  jwks_uri: string
  keys: { kid: string }[]
}

const bodyOf = (response: Response) => response.json() as Promise<Answer>

async function token(query: string) {
  const response = await fetch(`${url}/dev/token?${query}`)
  return { status: response.status, body: await bodyOf(response) }
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Status of a request whose target and host are sent as they stand. */
function raw(line: string, host = "localhost"): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () =>
      socket.write(`${line} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`),
    )
    socket.once("data", (data) => resolve(Number(data.toString().split(" ", 2)[1])))
    socket.on("error", reject)
  })
}

const clientCredentials = (form: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${url}/token`, { method: "POST", body: new URLSearchParams(form), headers })

describe("identity provider", () => {
  it("issues tokens that its published keys verify", async () => {
    const discovery = await bodyOf(await fetch(`${url}/.well-known/openid-configuration`))
    const { body } = await token("customer=mehmet")
    const verified = await jwtVerify(body.access_token, createRemoteJWKSet(new URL(discovery.jwks_uri)), {
      issuer: discovery.issuer,
      audience: "eshop",
    })
    expect(verified.protectedHeader.alg).toBe("RS256")
    expect(verified.payload).toMatchObject({
      iss: url,
      aud: "eshop",
      sub: "58c49479-ec65-4de2-86e7-033c546291aa",
      preferred_username: "mehmet",
      roles: [],
    })
    expect((verified.payload.exp ?? 0) - (verified.payload.iat ?? 0)).toBe(3600)
    expect(body).toMatchObject({
      token_type: "Bearer",
      expires_in: 3600,
      customer_id: "58c49479-ec65-4de2-86e7-033c546291aa",
    })
  })

  it("gives any other customer the same id each time, whatever the case of the letters", async () => {
    const first = await token("customer=Ada")
    const second = await token("customer=ada")
    expect(first.body.customer_id).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
    expect(second.body.customer_id).toBe(first.body.customer_id)
    expect((await token("customer=grace")).body.customer_id).not.toBe(first.body.customer_id)
    expect((await token("customer=constructor")).body.customer_id).toMatch(/^[0-9a-f-]{36}$/)
  })

  it("says a customer's groups in both shapes, and leaves the claim out where there are none", async () => {
    for (const shape of ["plain", "entra"]) {
      const { body } = await token(`customer=Tessa&shape=${shape}`)
      expect(decodeJwt(body.access_token).customer_groups).toEqual(["trade"])
      const none = await token(`customer=mehmet&shape=${shape}`)
      expect(decodeJwt(none.body.access_token)).not.toHaveProperty("customer_groups")
    }
  })

  it("gives the roles that are asked for, with and without a customer", async () => {
    const operator = await token("role=catalog.write&role=catalog.read")
    expect(decodeJwt(operator.body.access_token)).toMatchObject({
      preferred_username: "operator",
      roles: ["catalog.write", "catalog.read"],
    })
    expect(operator.body).not.toHaveProperty("customer_id")
    const both = await token("customer=john&role=support")
    expect(decodeJwt(both.body.access_token)).toMatchObject({
      sub: "189dc8dc-990f-48e0-a37b-e6f2b60b9d7d",
      roles: ["support"],
    })
  })

  it("answers the bare token to a command line", async () => {
    const response = await fetch(`${url}/dev/token?customer=john`, { headers: { accept: "text/plain" } })
    expect(decodeJwt(await response.text()).preferred_username).toBe("john")
  })

  it.each([
    "",
    "customer=",
    "customer=a%20b",
    "customer=mehmet&role=%7B",
    "role=",
    "customer=mehmet&shape=saml",
    "client=nobody",
    "client=basket&role=catalog.write",
    "client=basket&customer=mehmet",
  ])("refuses %j", async (query) => {
    const answer = await token(query)
    expect(answer.status).toBe(400)
    expect(answer.body.error).toBe("invalid_request")
    expect(answer.body).not.toHaveProperty("access_token")
  })

  it("gives a service the roles it is registered with", async () => {
    const response = await clientCredentials({
      grant_type: "client_credentials",
      client_id: "basket",
      client_secret: "development-secret-of-basket",
    })
    expect(response.status).toBe(200)
    expect(response.headers.get("cache-control")).toBe("no-store")
    const { access_token } = await bodyOf(response)
    expect(decodeJwt(access_token)).toMatchObject({
      sub: "basket",
      azp: "basket",
      idtyp: "app",
      roles: ["discount.quote", "inventory.hold"],
    })
  })

  it("marks no person as an app", async () => {
    for (const query of ["customer=mehmet", "role=catalog.write", "customer=mehmet&shape=entra"]) {
      expect(decodeJwt((await token(query)).body.access_token)).not.toHaveProperty("idtyp")
    }
  })

  it("takes the client's secret as basic authentication too", async () => {
    const basic = Buffer.from("ordering:development-secret-of-ordering").toString("base64")
    const response = await clientCredentials(
      { grant_type: "client_credentials" },
      { authorization: `Basic ${basic}` },
    )
    const { access_token } = await bodyOf(response)
    expect(decodeJwt(access_token).roles).toEqual([
      "discount.quote",
      "discount.redeem",
      "basket.checkouts",
      "privacy.read",
    ])
  })

  it.each([
    [
      { grant_type: "client_credentials", client_id: "basket", client_secret: "wrong" },
      401,
      "invalid_client",
    ],
    [{ grant_type: "client_credentials", client_id: "nobody", client_secret: "" }, 401, "invalid_client"],
    [{ grant_type: "client_credentials" }, 401, "invalid_client"],
    [
      { grant_type: "password", client_id: "basket", client_secret: "development-secret-of-basket" },
      400,
      "unsupported_grant_type",
    ],
    [{ client_id: "basket", client_secret: "development-secret-of-basket" }, 400, "invalid_request"],
  ])("refuses %j", async (form, status, error) => {
    const response = await clientCredentials(form as Record<string, string>)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ error })
  })

  it("makes a customer's token as Entra External ID does", async () => {
    const customer = "58c49479-ec65-4de2-86e7-033c546291aa"
    const { body } = await token("customer=mehmet&shape=entra")
    expect(body.customer_id).toBe(customer)
    const { payload } = await jwtVerify(body.access_token, createRemoteJWKSet(new URL(`${url}/jwks`)), {
      issuer: url,
      audience: "eshop",
    })
    expect(payload).toMatchObject({
      oid: customer,
      tid: expect.stringMatching(GUID),
      sub: expect.stringMatching(/^[\w-]{43}$/),
      ver: "2.0",
      azp: expect.stringMatching(GUID),
      scp: "access_as_user",
      preferred_username: "mehmet",
      nbf: expect.any(Number),
    })
    expect(payload).not.toHaveProperty("roles")
    const operator = decodeJwt((await token("role=catalog.write&shape=entra")).body.access_token)
    expect(operator.roles).toEqual(["catalog.write"])
    expect([operator.tid, operator.azp]).toEqual([payload.tid, payload.azp])
    expect(operator.sub).not.toBe(payload.sub)
  })

  it("makes a service's token as Entra does, by its secret or on request", async () => {
    const form = {
      grant_type: "client_credentials",
      client_id: "basket",
      client_secret: "development-secret-of-basket",
    }
    const bySecret = await fetch(`${url}/token?shape=entra`, {
      method: "POST",
      body: new URLSearchParams(form),
    })
    const onRequest = await token("client=basket&shape=entra")
    for (const { access_token } of [await bodyOf(bySecret), onRequest.body]) {
      const claims = decodeJwt(access_token)
      expect(claims).toMatchObject({
        idtyp: "app",
        oid: expect.stringMatching(GUID),
        azp: expect.stringMatching(GUID),
        ver: "2.0",
        roles: ["discount.quote", "inventory.hold"],
      })
      expect(claims.sub).toBe(claims.oid)
      expect(claims).not.toHaveProperty("scp")
      expect(claims).not.toHaveProperty("preferred_username")
    }
    expect(decodeJwt((await token("client=basket")).body.access_token)).toMatchObject({
      sub: "basket",
      idtyp: "app",
    })
  })

  it("refuses a malformed target, credentials that cannot be decoded, and another site's host", async () => {
    expect(await raw("GET //")).toBe(400)
    const credentials = Buffer.from("basket:%E0%A4%A").toString("base64")
    const authorization = `Basic ${credentials}`
    const undecodable = await clientCredentials({ grant_type: "client_credentials" }, { authorization })
    expect(undecodable.status).toBe(401)
    const ask = "GET /dev/token?customer=mehmet"
    expect(await raw(ask, "evil.example")).toBe(400)
    expect(await raw(ask, "localhost.evil.example:8090")).toBe(400)
    expect(await raw(ask, "127.0.0.1:1234")).toBe(200)
  })

  it("lets the storefront's pages in and no others", async () => {
    const allowed = await fetch(`${url}/dev/token?customer=john`, { headers: { origin } })
    expect(allowed.headers.get("access-control-allow-origin")).toBe(origin)
    const other = await fetch(`${url}/dev/token?customer=john`, {
      headers: { origin: "http://evil.example" },
    })
    expect(other.headers.get("access-control-allow-origin")).toBeNull()
  })

  it("answers 404 elsewhere", async () => {
    expect((await fetch(`${url}/nothing`)).status).toBe(404)
  })

  it("keeps its key over a restart, for this user's eyes only", async () => {
    const before = await bodyOf(await fetch(`${url}/jwks`))
    const { body } = await token("customer=john")
    const again = await start()
    expect(await bodyOf(await fetch(`${again.url}/jwks`))).toEqual(before)
    expect(decodeProtectedHeader(body.access_token).kid).toBe(before.keys[0]?.kid)
    expect(before.keys[0]).not.toHaveProperty("d")
    await stop(again.server)
    if (process.platform !== "win32") {
      expect((await stat(join(dataDir, "signing-keys.json"))).mode & 0o777).toBe(0o600)
    }
  })
})
