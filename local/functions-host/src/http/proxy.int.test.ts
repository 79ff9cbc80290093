import { afterEach, describe, expect, it } from "vitest"
import { startTestHost, type TestHost, testApp } from "../testing.ts"

let host: TestHost
afterEach(() => host.stop())

const text = async (url: string, init?: RequestInit) => {
  const response = await fetch(url, init)
  return [response.status, await response.text()]
}

describe("stream mode", () => {
  it("pipes bodies through in both directions", async () => {
    host = await startTestHost({ scriptRoot: testApp("stream") })
    const chunks = ["one ", "two ", "three"]
    const response = await fetch(`${host.baseUrl}/api/echo/ada?q=1&q=2`, {
      method: "POST",
      duplex: "half",
      body: ReadableStream.from(chunks.map((chunk) => new TextEncoder().encode(chunk))),
    } as RequestInit)
    expect([response.status, await response.text()]).toEqual([200, chunks.join("")])
    expect(response.headers.get("x-name")).toBe("ada")
    expect(response.headers.get("x-query")).toBe("1|2")
    const received: string[] = []
    const ticks = await fetch(`${host.baseUrl}/api/ticks`)
    for await (const chunk of ticks.body as unknown as AsyncIterable<Uint8Array>) {
      received.push(Buffer.from(chunk).toString())
    }
    expect(received).toEqual(["tick 0\n", "tick 1\n", "tick 2\n"])
  })

  it("gives the query as parameters, without the key and below the route's", async () => {
    host = await startTestHost({ scriptRoot: testApp("stream") })
    const response = await fetch(`${host.baseUrl}/api/params/ada?name=query&a=1&a=2&Code=key&empty=`)
    expect(await response.json()).toEqual({ name: "ada", a: "1,2", empty: "" })
  })

  it("goes on after the worker was restarted", async () => {
    host = await startTestHost({ scriptRoot: testApp("stream") })
    await fetch(`${host.baseUrl}/api/exit`)
    await host.line("Restarting it.")
    expect(await text(`${host.baseUrl}/api/echo/x`, { method: "POST", body: "again" })).toEqual([
      200,
      "again",
    ])
  })

  it("is 500 when the function throws before it answers", async () => {
    host = await startTestHost({ scriptRoot: testApp("stream") })
    expect(await text(`${host.baseUrl}/api/throws`)).toEqual([500, ""])
  })

  it("survives a client that goes away", async () => {
    host = await startTestHost({ scriptRoot: testApp("stream") })
    const aborted = new AbortController()
    const response = await fetch(`${host.baseUrl}/api/ticks`, { signal: aborted.signal })
    expect(response.status).toBe(200)
    aborted.abort()
    await host.line("all ticks sent")
    expect(await text(`${host.baseUrl}/api/echo/x`, { method: "POST", body: "still here" })).toEqual([
      200,
      "still here",
    ])
  })
})
