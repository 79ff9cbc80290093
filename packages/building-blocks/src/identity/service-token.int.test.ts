import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { afterEach, beforeEach, expect, test } from "vitest"
import { DependencyUnavailableError } from "../failure.ts"
import { serviceClient } from "../http/service-client.ts"
import { clientCredentialsToken, type ServiceToken } from "./service-token.ts"

let issuer: Server
let tokens: ServiceToken
let issued: number
let status: number
let now: number
/** What a service behind the client answers to a token. */
let answerTo: (token: string) => number

beforeEach(async () => {
  issued = 0
  status = 200
  now = Date.now()
  answerTo = () => 200
  issuer = createServer((request, response) => {
    if (request.url !== "/token") {
      const token = request.headers.authorization?.replace("Bearer ", "") ?? ""
      response.writeHead(answerTo(token)).end(token)
      return
    }
    if (status === 200) issued++
    response.writeHead(status, { "content-type": "application/json" })
    response.end(JSON.stringify({ access_token: `token-${issued}`, expires_in: 3_600 }))
  })
  await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve))
  tokens = clientCredentialsToken({ issuer: urlOf(), clientId: "basket", clientSecret: "s" }, () => now)
})
afterEach(() => {
  issuer.closeAllConnections()
  issuer.close()
})
const urlOf = () => `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`
const pass = (seconds: number) => {
  now += seconds * 1_000
}

test("one token serves everybody until it is nearly over", async () => {
  expect(await Promise.all([tokens.get(), tokens.get()])).toEqual(["token-1", "token-1"])
  pass(3_299)
  expect(await tokens.get()).toBe("token-1")
  expect(issued).toBe(1)
})

test("the next one is fetched while the old one counts, once, and nobody waits for it", async () => {
  await tokens.get()
  pass(3_300)
  expect(await Promise.all([tokens.get(), tokens.get()])).toEqual(["token-1", "token-1"])
  await expect.poll(() => tokens.get()).toBe("token-2")
  expect(issued).toBe(2)
})

test("an issuer that is away for minutes before the end is not noticed; afterwards it is", async () => {
  await tokens.get()
  pass(3_599)
  status = 503
  expect(await tokens.get()).toBe("token-1")
  pass(1)
  await expect(tokens.get()).rejects.toThrow(DependencyUnavailableError)
  status = 200
  expect(await tokens.get()).toBe("token-2")
})

test("a refused token is exchanged once, however many were refused with it", async () => {
  const refused = await tokens.get()
  expect(await Promise.all([tokens.get(refused), tokens.get(refused)])).toEqual(["token-2", "token-2"])
  expect(await tokens.get(refused)).toBe("token-2")
  expect(issued).toBe(2)
})

test("a call whose token is refused is repeated with another one, once, whatever its method", async () => {
  const client = serviceClient({ name: "things", baseUrl: urlOf(), token: tokens })
  answerTo = (token) => (token === "token-1" ? 401 : 200)
  expect(await client.send({ method: "POST", path: "/things", body: "{}" })).toMatchObject({
    ...{ status: 200, text: "token-2" },
  })
  answerTo = () => 401
  expect(await client.send({ method: "GET", path: "/things" })).toMatchObject({
    status: 401,
    text: "token-3",
  })
  expect(issued).toBe(3)
})

test("a token that cannot be exchanged is not sent twice", async () => {
  const asked: string[] = []
  const same = { get: async () => "the same" }
  answerTo = (token) => {
    asked.push(token)
    return 401
  }
  const client = serviceClient({ name: "things", baseUrl: urlOf(), token: same })
  expect((await client.send({ method: "GET", path: "/things" })).status).toBe(401)
  expect(asked).toEqual(["the same"])
})
