import { request } from "node:http"
import { connect, type Socket } from "node:net"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { BODY_LIMIT, type Edge, parseAnswer, startEdge } from "./testing/edge.ts"

let edge: Edge
let token: string
const signedIn = (headers: Record<string, string> = {}) => ({ authorization: `Bearer ${token}`, ...headers })

beforeAll(async () => {
  edge = await startEdge()
  token = await edge.token("customer=mehmet")
})
afterAll(() => edge.close())
beforeEach(() => edge.reset())

describe("limits", () => {
  it("passes a body of exactly 1 MiB and refuses one byte more", async () => {
    const send = (bytes: number) =>
      fetch(`${edge.url}/basket/checkout`, { method: "POST", body: "x".repeat(bytes), headers: signedIn() })
    expect((await send(BODY_LIMIT)).status).toBe(200)
    expect(edge.seen[0]?.body).toHaveLength(BODY_LIMIT)
    const refused = await send(BODY_LIMIT + 1)
    expect(refused.status).toBe(413)
    expect(await refused.json()).toMatchObject({ type: "urn:eshop:problem:request.too-large", status: 413 })
    expect(edge.seen).toHaveLength(1)
  })

  it("refuses a body of unknown length before the service sees any of it", async () => {
    const send = (chunks: number) =>
      fetch(`${edge.url}/basket/checkout`, {
        method: "POST",
        body: ReadableStream.from(Array.from({ length: chunks }, () => Buffer.alloc(65_536))),
        duplex: "half",
        headers: signedIn(),
      } as RequestInit)
    expect((await send(17)).status).toBe(413)
    expect(edge.seen).toHaveLength(0)
    expect((await send(16)).status).toBe(200)
    expect(edge.seen[0]?.headers["content-length"]).toBe(String(BODY_LIMIT))
  })

  it("refuses before a careful client sends anything", async () => {
    const status = await new Promise((resolve) => {
      const headers = signedIn({ expect: "100-continue", "content-length": String(BODY_LIMIT + 1) })
      const asked = request({
        host: "127.0.0.1",
        port: edge.port,
        path: "/basket/checkout",
        method: "POST",
        headers,
      })
      asked.on("continue", () => resolve("continue"))
      asked.on("response", (answer) => {
        resolve(answer.statusCode)
        asked.destroy()
      })
      asked.flushHeaders()
    })
    expect(status).toBe(413)
  })

  it("takes each route's own limit", async () => {
    const send = (body: string) => fetch(`${edge.url}/basket/notes`, { method: "POST", body })
    expect((await send("x".repeat(10))).status).toBe(200)
    expect((await send("x".repeat(11))).status).toBe(413)
    expect(edge.seen.map(({ body }) => body)).toEqual(["xxxxxxxxxx"])
  })

  it("refuses a read with a body, which is not collected", async () => {
    const chunked = await edge.bytes(
      "GET /catalog/products HTTP/1.1\r\nhost: shop\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
    )
    const { status, body } = parseAnswer(chunked)
    expect(status).toBe(400)
    expect(JSON.parse(body)).toMatchObject({ type: "urn:eshop:problem:request.body-unexpected" })
    expect(edge.seen).toHaveLength(0)
  })
})

describe("bodies in small pieces", () => {
  const single = "1\r\nx\r\n"
  const head = (token: string) =>
    `POST /basket/checkout HTTP/1.1\r\nhost: shop\r\nauthorization: Bearer ${token}\r\ntransfer-encoding: chunked\r\n\r\n`

  it("are taken up to 10,000 pieces and refused beyond", async () => {
    const taken = await edge.bytes(
      `${head(token).replace("host:", "connection: close\r\nhost:")}${single.repeat(10_000)}0\r\n\r\n`,
    )
    expect(parseAnswer(taken).status).toBe(200)
    expect(edge.seen[0]?.body).toBe("x".repeat(10_000))
    const refused = parseAnswer(await edge.bytes(`${head(token)}${single.repeat(10_001)}`))
    expect(refused.status).toBe(413)
    expect(JSON.parse(refused.body)).toMatchObject({ type: "urn:eshop:problem:request.too-many-pieces" })
    expect(edge.seen).toHaveLength(1)
  })
})

describe("slow bodies", () => {
  const slow = (path: string, port: number) =>
    new Promise<Socket>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.write(`POST ${path} HTTP/1.1\r\nhost: shop\r\ncontent-length: 10\r\n\r\nhalf`)
        resolve(socket)
      })
      socket.on("error", reject)
    })

  it("stop nobody else: a service is asked only when all of a body is there", async () => {
    const sockets = await Promise.all(Array.from({ length: 300 }, () => slow("/basket/notes", edge.port)))
    const answers = await Promise.all(Array.from({ length: 50 }, () => fetch(`${edge.url}/catalog/products`)))
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200))
    expect(edge.seen).toHaveLength(50)
    for (const socket of sockets) socket.destroy()
  })

  it("are given up after a deadline", async () => {
    const strict = await startEdge({ bodyTimeoutMs: 100 })
    const answer = await strict.bytes(
      "POST /basket/notes HTTP/1.1\r\nhost: shop\r\ncontent-length: 10\r\n\r\nhalf",
    )
    const { status, headers, body } = parseAnswer(answer)
    expect([status, headers["content-type"]]).toEqual([408, "application/problem+json"])
    expect(JSON.parse(body)).toMatchObject({
      type: "urn:eshop:problem:request.timeout",
      instance: "/basket/notes",
    })
    expect(strict.seen).toHaveLength(0)
    await strict.close()
  })
})

it("holds no more than 64 MiB of bodies at a time, and takes new ones when callers have gone", async () => {
  const head = `POST /basket/checkout HTTP/1.1\r\nhost: shop\r\nauthorization: Bearer ${token}\r\n`
  const sockets: Socket[] = []
  const refused = await new Promise<string>((resolve, reject) => {
    for (let opened = 0; opened < 65; opened++) {
      const socket = connect(edge.port, "127.0.0.1", () => {
        socket.write(`${head}content-length: ${BODY_LIMIT}\r\n\r\n`)
        socket.write(Buffer.alloc(BODY_LIMIT - 1))
      })
      socket.once("data", (data) => resolve(data.toString())).on("error", reject)
      sockets.push(socket)
    }
  })
  const { status, headers, body } = parseAnswer(refused)
  expect([status, headers["retry-after"]]).toEqual([503, "1"])
  expect(JSON.parse(body)).toMatchObject({ type: "urn:eshop:problem:gateway.busy" })
  for (const socket of sockets) socket.destroy()
  const send = async () =>
    (
      await fetch(`${edge.url}/basket/checkout`, {
        method: "POST",
        body: Buffer.alloc(BODY_LIMIT),
        headers: signedIn(),
      })
    ).status
  await expect.poll(() => Promise.all([send(), send(), send()]), { timeout: 20_000 }).toEqual([200, 200, 200])
})

it("bounds the connections of one client", async () => {
  const bounded = await startEdge({ connectionsPerClient: 3 })
  const open = () => connect(bounded.port, "127.0.0.1")
  const idle = [open(), open(), open()]
  await Promise.all(idle.map((socket) => new Promise((resolve) => socket.once("connect", resolve))))
  const refused = parseAnswer(await bounded.bytes("GET /catalog/products HTTP/1.1\r\nhost: shop\r\n\r\n"))
  expect([refused.status, refused.headers["retry-after"]]).toEqual([429, "1"])
  expect(JSON.parse(refused.body)).toMatchObject({ type: "urn:eshop:problem:client.connections" })
  for (const socket of idle) socket.destroy()
  await expect.poll(async () => (await fetch(`${bounded.url}/catalog/products`)).status).toBe(200)
  expect(bounded.seen).toHaveLength(1)
  await bounded.close()
})
