import type { IncomingMessage } from "node:http"
import { describe, expect, it } from "vitest"
import { type Allowed, refusal } from "./refusal.ts"

const none: Allowed = { hosts: new Set(), origins: undefined }
const request = (headers: Record<string, string | undefined>, url = "/api/x") =>
  ({
    url,
    headers,
    headersDistinct: { host: headers.host === undefined ? [] : [headers.host] },
  }) as unknown as IncomingMessage
const status = (headers: Record<string, string | undefined>, allowed = none, url?: string) =>
  refusal(request(headers, url), allowed)?.status

describe("refusal", () => {
  it.each([
    "localhost",
    "localhost:7071",
    "LOCALHOST",
    "shop.localhost",
    "127.0.0.1:80",
    "127.1.2.3",
    "[::1]:7071",
    "",
  ])("serves the Host '%s'", (host) => expect(status({ host })).toBeUndefined())

  it("serves a request without Host, as HTTP/1.0 may", () => expect(status({})).toBeUndefined())

  it.each(["a b", "localhost:", "localhost:x", "user@localhost", "a/b", "[::1", "a,b"])(
    "is 400 for the malformed Host '%s'",
    (host) => expect(status({ host }, { ...none, hosts: new Set(["*"]) })).toBe(400),
  )

  it("is 400 for two Hosts and for a target of another authority", () => {
    const two = { url: "/", headers: {}, headersDistinct: { host: ["localhost", "localhost"] } }
    expect(refusal(two as unknown as IncomingMessage, none)?.status).toBe(400)
    expect(status({ host: "localhost" }, none, "http://localhost/api/x")).toBeUndefined()
    expect(status({ host: "localhost" }, none, "http://other/api/x")).toBe(400)
  })

  it.each(["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "notlocalhost"])(
    "is 403 for the foreign Host '%s', unless it is allowed",
    (host) => {
      expect(refusal(request({ host: `${host}:7071` }), none)).toEqual({
        status: 403,
        reason: `The Host "${host}" is not a name of this machine. To serve it, start the host with --allow-host ${host}`,
      })
      expect(status({ host }, { ...none, hosts: new Set([host]) })).toBeUndefined()
      expect(status({ host }, { ...none, hosts: new Set(["*"]) })).toBeUndefined()
    },
  )

  it.each(["https://evil.example", "null", "http://localhost.evil.example", "file://"])(
    "is 403 for the foreign Origin '%s', unless it is allowed",
    (origin) => {
      const headers = { host: "localhost", origin }
      expect(refusal(request(headers), none)).toMatchObject({
        status: 403,
        reason: expect.stringContaining(`--cors ${origin}, or set "Host": { "CORS": "${origin}" }`),
      })
      expect(status(headers, { ...none, origins: new Set([origin]) })).toBeUndefined()
      expect(status(headers, { ...none, origins: new Set(["*"]) })).toBeUndefined()
      expect(status({ ...headers, "x-forwarded-host": "shop.example" })).toBeUndefined()
    },
  )

  it("serves pages of this machine and of an allowed Host", () => {
    expect(status({ host: "localhost", origin: "http://localhost:5173" })).toBeUndefined()
    const allowed = { ...none, hosts: new Set(["shop.test"]) }
    expect(status({ host: "shop.test", origin: "https://shop.test" }, allowed)).toBeUndefined()
  })
})
