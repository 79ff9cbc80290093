import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { afterEach, describe, expect, test } from "vitest"
import { DependencyUnavailableError } from "../failure.ts"
import { clientCredentialsToken } from "../identity/service-token.ts"
import { within } from "../telemetry/ambient.ts"
import { type ServiceRequest, serviceClient } from "./service-client.ts"

type Seen = { method: string; url: string; headers: IncomingMessage["headers"]; body: string }
let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

/** A service whose n-th answer is the n-th of these, the last one for ever. */
async function serviceThat(...answers: ((response: ServerResponse) => void)[]) {
  const seen: Seen[] = []
  const service = createServer(async (request, response) => {
    let body = ""
    for await (const chunk of request) body += chunk
    seen.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body })
    answers[Math.min(seen.length, answers.length) - 1]?.(response)
  })
  server = service
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve))
  const baseUrl = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
  return { seen, baseUrl }
}
const ok = (response: ServerResponse) => response.end("fine")
const status = (code: number) => (response: ServerResponse) => response.writeHead(code).end()
const silence = () => {}
const hangUp = (response: ServerResponse) => response.destroy()
const get: ServiceRequest = { method: "GET", path: "/things/1" }
const post: ServiceRequest = { method: "POST", path: "/things", body: "{}" }
const clientOf = (baseUrl: string) => serviceClient({ name: "things", baseUrl, timeoutMs: 100 })

test("a request carries what it was given, the token and the trace", async () => {
  const { seen, baseUrl } = await serviceThat(ok)
  const client = serviceClient({ name: "things", baseUrl, token: { get: async () => "token" } })
  const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`
  const answer = await within({ traceparent }, () => client.send({ ...post, headers: { "x-more": "1" } }))
  expect([answer.status, answer.text]).toEqual([200, "fine"])
  expect(seen).toMatchObject([
    {
      method: "POST",
      url: "/things",
      body: "{}",
      headers: {
        authorization: "Bearer token",
        "content-type": "application/json",
        traceparent,
        "x-more": "1",
      },
    },
  ])
})

test("forms keep their own content type, an API key takes the token's place", async () => {
  const { seen, baseUrl } = await serviceThat(ok)
  const client = serviceClient({ name: "things", baseUrl, apiKey: "sk_test" })
  await client.send({ method: "POST", path: "/forms", body: new URLSearchParams({ a: "1" }) })
  expect(seen[0]?.headers).toMatchObject({
    authorization: "Bearer sk_test",
    "content-type": "application/x-www-form-urlencoded;charset=UTF-8",
  })
})

test.each([200, 404, 409, 422, 429])("%d is an answer, not a failure", async (code) => {
  const { seen, baseUrl } = await serviceThat(status(code))
  expect((await serviceClient({ name: "things", baseUrl }).send(get)).status).toBe(code)
  expect(seen).toHaveLength(1)
})

describe.each([
  ["an error of the server's", status(503)],
  ["silence", silence],
  ["a broken connection", hangUp],
  ["a redirect", (response: ServerResponse) => response.writeHead(302, { location: "/elsewhere" }).end()],
])("%s", (_, failure) => {
  test("is met by two repetitions", async () => {
    const { seen, baseUrl } = await serviceThat(failure, failure, ok)
    expect((await clientOf(baseUrl).send(get)).text).toBe("fine")
    expect(seen).toHaveLength(3)
  })

  test("is not met by more: then the service is out", async () => {
    const { seen, baseUrl } = await serviceThat(failure)
    await expect(clientOf(baseUrl).send(get)).rejects.toThrow(DependencyUnavailableError)
    expect(seen).toHaveLength(3)
  })

  test("does not make a POST be sent twice, unless it has an Idempotency-Key", async () => {
    const { seen, baseUrl } = await serviceThat(failure)
    await expect(clientOf(baseUrl).send(post)).rejects.toThrow(DependencyUnavailableError)
    expect(seen).toHaveLength(1)
    const keyed = { ...post, headers: { "idempotency-key": "1" } }
    await expect(clientOf(baseUrl).send(keyed)).rejects.toThrow(DependencyUnavailableError)
    expect(seen).toHaveLength(4)
  })
})

test("a service that nobody listens for is out", async () => {
  await expect(clientOf("http://127.0.0.1:1").send(post)).rejects.toMatchObject({ dependency: "things" })
})

test("after ten failures in a row nothing is sent any more, and callers are told at once", async () => {
  const { seen, baseUrl } = await serviceThat(status(500))
  const client = clientOf(baseUrl)
  for (let call = 0; call < 15; call++)
    await expect(client.send(post)).rejects.toThrow(DependencyUnavailableError)
  expect(seen).toHaveLength(10)
})

test("a base address may have a path of its own", async () => {
  const { seen, baseUrl } = await serviceThat(ok)
  await clientOf(`${baseUrl}/discount`).send(get)
  await clientOf(`${baseUrl}/discount/`).send(get)
  expect(seen.map(({ url }) => url)).toEqual(["/discount/things/1", "/discount/things/1"])
})

describe("a service token", () => {
  const tokenAnswer = (token: string, expiresIn: number) => (response: ServerResponse) =>
    response.end(JSON.stringify({ access_token: token, expires_in: expiresIn, token_type: "Bearer" }))
  const tokensOf = (issuer: string) =>
    clientCredentialsToken({ issuer, clientId: "basket", clientSecret: "secret" })

  test("is fetched once for 20 callers at once, and kept", async () => {
    const { seen, baseUrl } = await serviceThat(tokenAnswer("one", 3_600), tokenAnswer("two", 3_600))
    const tokens = tokensOf(baseUrl)
    expect(await Promise.all(Array.from({ length: 20 }, () => tokens.get()))).toEqual(Array(20).fill("one"))
    expect(await tokens.get()).toBe("one")
    expect(seen).toMatchObject([
      { url: "/token", body: "grant_type=client_credentials&client_id=basket&client_secret=secret" },
    ])
  })

  test("that cannot be had is a dependency that is out; the next caller asks again", async () => {
    const { baseUrl } = await serviceThat(status(401), tokenAnswer("one", 3_600))
    const tokens = tokensOf(baseUrl)
    await expect(tokens.get()).rejects.toMatchObject({ dependency: "identity" })
    expect(await tokens.get()).toBe("one")
  })
})
