import { once } from "node:events"
import { type IncomingMessage, request } from "node:http"
import { connect } from "node:net"
import { text } from "node:stream/consumers"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startTestHost, type TestHost, testApp } from "./testing.ts"

let host: TestHost
beforeAll(async () => {
  host = await startTestHost({
    scriptRoot: testApp("cjs"),
    env: {
      FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: "100000",
      "AzureWebJobs.off.Disabled": "true",
      QUEUE: "orders",
    },
  })
})
afterAll(() => host.stop())

const call = (path: string, init?: RequestInit) => fetch(`${host.baseUrl}/api/${path}`, init)

describe("HTTP triggers", () => {
  it("give the function method, URL, parameters, query and body", async () => {
    const response = await call("echo/7/a/b%20c?x=1&x=2&empty=", {
      method: "PUT",
      body: "grüße",
      headers: { "X-In": "seen" },
    })
    expect(response.status).toBe(201)
    expect(response.headers.get("x-echo")).toBe("seen")
    expect(response.headers.get("content-type")).toBe("application/json")
    expect(await response.json()).toEqual({
      method: "PUT",
      url: `${host.baseUrl}/api/echo/7/a/b%20c?x=1&x=2&empty=`,
      params: { id: "7", rest: "a/b c" },
      query: { x: "1,2", empty: "" },
      text: "grüße",
    })
  })

  it("send content-length and no chunks, to HEAD no body", async () => {
    const get = await call("echo/7/a")
    expect(get.headers.get("transfer-encoding")).toBeNull()
    expect(Number(get.headers.get("content-length"))).toBe((await get.text()).length)
    const head = await call("echo/7/a", { method: "HEAD" })
    expect(head.status).toBe(201)
    expect(await head.text()).toBe("")
  })

  it("are 404 with an empty body when no route matches, also for another method", async () => {
    for (const [path, method] of [
      ["echo/x/a", "GET"],
      ["unknown", "GET"],
      ["echo/7/a", "DELETE"],
      ["off", "GET"],
    ]) {
      const response = await call(path as string, { method })
      expect([path, method, response.status, await response.text()]).toEqual([path, method, 404, ""])
    }
  })

  it("carry binary bodies unchanged", async () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256)
    const response = await call("binary", { method: "POST", body: bytes })
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes.reverse())
  })

  it("write cookies as ASP.NET Core does", async () => {
    const response = await call("cookies")
    expect(response.headers.getSetCookie()).toEqual([
      "a=1%202; max-age=10; path=/; secure; samesite=strict; httponly",
      "b=2; expires=Fri, 15 Jan 2027 08:00:00 GMT; domain=example.org; path=/b; samesite=none",
    ])
  })

  it("are 204 when the function returns nothing and 500 without a body when it throws", async () => {
    expect((await call("nothing")).status).toBe(204)
    const response = await call("throws")
    expect([response.status, await response.text()]).toEqual([500, ""])
    expect(await host.line("Executed 'Functions.throws' (Failed, Id=")).toMatch(
      /Exception while executing function: Functions\.throws\. .*Result: Failure\nException: it broke\nStack: TypeError: it broke\n {4}at /s,
    )
  })

  it("are 413 for a body over the limit, declared or chunked", async () => {
    const declared = await call("binary", { method: "POST", body: new Uint8Array(100_001) })
    expect([declared.status, await declared.text()]).toEqual([413, ""])
    const executed = () => host.lines.filter((line) => line.includes("Executing 'Functions.binary'")).length
    const before = executed()
    const chunked = await new Promise<number | undefined>((resolve, reject) => {
      const outgoing = request(`${host.baseUrl}/api/binary`, { method: "POST" }, (incoming) => {
        incoming.resume()
        resolve(incoming.statusCode)
      })
      outgoing.on("error", reject)
      outgoing.write(new Uint8Array(60_000))
      outgoing.end(new Uint8Array(60_000))
    })
    expect(chunked).toBe(413)
    expect(executed()).toBe(before)
  })

  it("hand the trace on with a span of the host", async () => {
    const response = await call("trace", {
      headers: { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", tracestate: "a=b" },
    })
    const { traceParent, traceState } = (await response.json()) as { traceParent: string; traceState: string }
    expect(traceParent).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$/)
    expect(traceParent).not.toContain("00f067aa0ba902b7")
    expect(traceState).toBe("a=b")
  })

  it("leave a line with function, status and trace id, and no query", async () => {
    const traceparent = `00-${"a1".repeat(16)}-00f067aa0ba902b7-01`
    await call("throws?secret=1", { headers: { traceparent } })
    expect((await host.line(`TraceId=${"a1".repeat(16)}`)).replace(/^\[[^\]]+\] /, "")).toMatch(
      /^Executing 'Functions\.throws' \(Reason='.+', Id=[0-9a-f-]{36}, TraceId=(a1){16}\)$/,
    )
    expect(await host.line(`Function=throws, TraceId=${"a1".repeat(16)}`)).toMatch(
      /\] GET \/api\/throws answered 500 in \d+ ms \(Function=throws, TraceId=(a1){16}\)$/,
    )
    await call("unknown?secret=1")
    expect(await host.line("GET /api/unknown answered")).toMatch(
      /\] GET \/api\/unknown answered 404 in \d+ ms$/,
    )
  })

  it("survive a client that goes away while it sends", async () => {
    const socket = connect(Number(new URL(host.baseUrl).port), "127.0.0.1")
    socket.write("POST /api/binary HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\nabc")
    await new Promise((resolve) => socket.on("connect", resolve))
    socket.destroy()
    expect((await call("nothing")).status).toBe(204)
    expect(await host.line("POST /api/binary abandoned")).toMatch(/in \d+ ms \(Function=binary, TraceId=/)
    expect(host.lines.filter((line) => line.includes("POST /api/binary:"))).toEqual([])
  })

  it("show the user's lines, changed by log hooks, and hide what is below the level", async () => {
    await call("logs")
    await host.line("an { object: 1 }")
    expect(await host.line("a warning")).toMatch(/\] \[logs [0-9a-f-]{36}\] a warning$/)
    await host.line("(hidden)")
    await host.line("from the console")
    expect(host.lines.filter((line) => line.includes("not shown") || line.includes("secret text"))).toEqual(
      [],
    )
  })

  it("run at the same time", async () => {
    // None of them ends before all have begun.
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => await (await call("meet?count=50")).text()),
    )
    expect(answers).toEqual(Array(50).fill("50"))
  })

  it.each([
    ["POST", "/runtime/webhooks/durabletask/instances/i/terminate"],
    ["POST", "/admin/functions/hopeless"],
    ["POST", "/api/binary"],
  ])("refuse %s %s of another site's page, and names of other machines", async (method, path) => {
    const send = async (headers: Record<string, string>) => {
      const outgoing = request(`${host.baseUrl}${path}`, { method, headers })
      const [incoming] = (await once(outgoing.end(), "response")) as [IncomingMessage]
      return [incoming.statusCode, await text(incoming)]
    }
    expect(await send({ origin: "https://evil.example" })).toEqual([
      403,
      expect.stringContaining('The Origin "https://evil.example" is not a page of this machine.'),
    ])
    expect(await send({ host: "evil.example" })).toEqual([
      403,
      expect.stringContaining('The Host "evil.example" is not a name of this machine.'),
    ])
    expect(await send({ host: "a b" })).toEqual([400, "The request's Host is malformed.\n"])
    expect(host.lines.filter((line) => line.includes("Executing 'Functions.hopeless'"))).toEqual([])
  })

  it("carry the custom headers of host.json", async () => {
    expect((await call("nothing")).headers.get("x-content-type-options")).toBe("nosniff")
  })
})

describe("retry policies", () => {
  it("run a timer function again and tell it so", async () => {
    const { returnValue } = await host.invoke("flaky", { json: "{}" })
    expect(JSON.parse(returnValue?.json ?? "")).toEqual([
      [0, 2, null],
      [1, 2, "failure 0"],
      [2, 2, "failure 1"],
    ])
  })

  it("give up with the last error", async () => {
    await expect(host.invoke("hopeless", { json: "{}" })).rejects.toMatchObject({
      name: "FunctionFailedError",
      exception: { message: "hopeless 2", type: "Error" },
    })
    expect(host.lines.filter((line) => line.includes("Executing 'Functions.hopeless'"))).toHaveLength(3)
  })

  it("do not apply to HTTP", async () => {
    expect((await call("flakyHttp")).status).toBe(500)
    expect(host.lines.filter((line) => line.includes("Executing 'Functions.flakyHttp'"))).toHaveLength(1)
    await host.line("no retry for HTTP, context undefined")
  })
})

describe("the worker", () => {
  it("gives the app one @azure/functions-core", async () => {
    expect(await (await call("core")).json()).toEqual({
      exports: [
        "Disposable",
        "getProgrammingModel",
        "hostVersion",
        "log",
        "registerFunction",
        "registerHook",
        "setProgrammingModel",
        "version",
      ],
      model: "@azure/functions",
      hostVersion: expect.stringMatching(/^4\./),
    })
  })

  it("does not let user code that blocks hold up the host, and ends it at functionTimeout", async () => {
    const spinning = call("spin")
    const ping = await fetch(`${host.baseUrl}/admin/host/ping`)
    expect(ping.status).toBe(200)
    const response = await spinning
    expect([response.status, await response.text()]).toEqual([500, ""])
    await host.line("Timeout value of 00:00:02 exceeded by function 'Functions.spin'")
    expect(await (await call("wait?ms=1")).text()).toBe("waited")
  })

  it.each(["exit", "crash"])("is restarted after %s; running invocations fail", async (name) => {
    const waiting = call("wait?ms=1500")
    await new Promise((resolve) => setTimeout(resolve, 50))
    const response = await call(name)
    expect(response.status).toBe(500)
    expect((await waiting).status).toBe(500)
    expect(await (await call("wait?ms=1")).text()).toBe("waited")
  })

  it("reports an exception outside of functions", () => {
    expect(
      host.lines.filter((line) => line.includes("Worker uncaught exception: Error: outside of any function")),
    ).toHaveLength(1)
    expect(host.lines.filter((line) => line.includes("ended unexpectedly with code 3"))).toHaveLength(1)
  })
})
