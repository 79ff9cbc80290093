import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { isOutboundUrl, outboundPost } from "./outbound-post.ts"

const seen: string[] = []
let answer: (request: IncomingMessage, response: ServerResponse) => void
const server = createServer(async (request, response) => {
  let body = ""
  for await (const chunk of request) body += chunk
  seen.push(`${request.method} ${request.url} ${body}`)
  answer(request, response)
})
let port: number

beforeAll(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening")
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  seen.length = 0
  answer = (_, response) => response.end("ok")
})

type Resolved = readonly { readonly address: string; readonly family: number }[]
/** A resolver of names that counts what it is asked, and says what it is told. */
function resolver(...answers: readonly Resolved[]) {
  const asked: string[] = []
  return {
    asked,
    lookup: ((hostname, _, callback) => {
      const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? []
      asked.push(hostname)
      callback(null, [...addresses])
    }) as NonNullable<Parameters<typeof outboundPost>[0]["lookup"]>,
  }
}
const v4 = (address: string) => ({ address, family: 4 })
const v6 = (address: string) => ({ address, family: 6 })
const guarded = (lookup: ReturnType<typeof resolver>["lookup"], timeoutMs = 500) =>
  outboundPost({ allowPrivate: false, timeoutMs, lookup })
const open = (timeoutMs = 5_000) => outboundPost({ allowPrivate: true, timeoutMs })
const refused = { error: "address-refused" }

describe("an address that may be sent to", () => {
  test.each([
    "https://shop.example/hooks?a=1",
    "https://shop.example:8443/",
    "https://1.1.1.1/",
    "https://[2606:4700::1]/",
  ])("%s", (url) => expect(isOutboundUrl(url, false)).toBe(true))

  test.each([
    "http://shop.example/",
    "ftp://shop.example/",
    "https://user@shop.example/",
    "https://user:password@shop.example/",
    "https://shop.example/#part",
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://10.0.0.1/",
    "https://169.254.169.254/metadata/instance",
    "https://168.63.129.16/",
    "https://100.64.0.1/",
    "https://[::1]/",
    "https://[fd00::1]/",
    "https://[fe80::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://0/",
    "not a url",
    "",
  ])("is not %s", async (url) => {
    expect(isOutboundUrl(url, false)).toBe(false)
    expect(await guarded(resolver([v4("1.1.1.1")]).lookup)(url, {}, "{}")).toEqual(refused)
  })

  test("may be this machine's where a setting allows it, still without a user", () => {
    expect(isOutboundUrl("http://localhost:3000/", true)).toBe(true)
    expect(isOutboundUrl("https://127.0.0.1/", true)).toBe(true)
    expect(isOutboundUrl("http://user@localhost/", true)).toBe(false)
    expect(isOutboundUrl("file:///etc/passwd", true)).toBe(false)
  })
})

describe("a name", () => {
  test.each<[string, Resolved]>([
    ["of this machine", [v4("127.0.0.1")]],
    ["of a private network", [v4("192.168.1.7")]],
    ["of the metadata service", [v4("169.254.169.254")]],
    ["of carrier-grade NAT", [v4("100.64.0.1")]],
    ["of this machine in IPv6", [v6("::1")]],
    ["of a mapped address", [v6("::ffff:10.0.0.1")]],
    ["of a unique local address", [v6("fd12::1")]],
    ["of a public and a private address", [v4("1.1.1.1"), v4("127.0.0.1")]],
    ["of a private and a public address", [v6("::1"), v4("1.1.1.1")]],
    ["of nothing", []],
  ])("%s is refused, and nothing is sent", async (_, addresses) => {
    const { lookup, asked } = resolver(addresses)
    expect(await guarded(lookup)("https://shop.example/", {}, "{}")).toEqual(refused)
    expect([asked, seen]).toEqual([["shop.example"], []])
  })

  test("is resolved once for each connection, and the connection goes to what was looked at", async () => {
    // A resolver that answers with a public address first and this machine's afterwards.
    const { lookup, asked } = resolver([v4("192.0.2.1")], [v4("127.0.0.1")])
    const post = guarded(lookup)
    expect(await post(`https://rebind.example:${port}/`, {}, "{}")).toEqual(refused)
    expect(await post(`https://rebind.example:${port}/`, {}, "{}")).toEqual(refused)
    expect([asked.length, seen]).toEqual([2, []])
  })
})

describe("an answer", () => {
  const send = (path = "/", post = open()) =>
    post(`http://127.0.0.1:${port}${path}`, { "x-a": "1" }, '{"a":"ä"}')

  test("has its status, Retry-After and the beginning of its body, in printable characters", async () => {
    answer = (_, response) => {
      response.writeHead(503, { "retry-after": "120" })
      response.end(`a\u0000b\n${"x".repeat(1_000)}`)
    }
    const answered = await send("/hook")
    expect(answered).toEqual({ status: 503, retryAfter: "120", text: `a b ${"x".repeat(196)}` })
    expect(seen).toEqual(['POST /hook {"a":"ä"}'])
  })

  test("that leads elsewhere is not followed", async () => {
    answer = (_, response) => response.writeHead(307, { location: `http://127.0.0.1:${port}/other` }).end()
    expect(await send()).toEqual({ status: 307, text: "" })
    expect(seen).toHaveLength(1)
  })

  test("counts when its body never ends", async () => {
    answer = (_, response) => void response.writeHead(200).write("begun")
    expect(await send("/", open(200))).toEqual({ status: 200, text: "begun" })
  })

  test("counts when its connection breaks off", async () => {
    answer = (_, response) => {
      response.writeHead(200, { "content-length": "100" })
      response.write("begun", () => response.destroy())
    }
    expect(await send()).toEqual({ status: 200, text: "begun" })
  })

  test("that does not come in time is none", async () => {
    answer = () => {}
    expect(await send("/", open(200))).toEqual({ error: "timeout" })
  })

  test("of nobody is none", async () => {
    expect(await open()("http://127.0.0.1:1/", {}, "{}")).toEqual({ error: "ECONNREFUSED" })
    answer = (request) => request.socket.destroy()
    expect(await send()).toEqual({ error: "ECONNRESET" })
  })
})
