import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { askRegistry, NoAdvisoriesError, reportOf } from "./registry.ts"

/** What `npm audit --json` of npm 11 wrote where a registry refused the question, without the registry's name. */
const refused = JSON.stringify({
  message: "405 Method Not Allowed - POST https://registry.example/-/npm/v1/security/advisories/bulk",
  method: "POST",
  uri: "https://registry.example/-/npm/v1/security/advisories/bulk",
  headers: { allow: ["GET,HEAD"], "content-length": ["0"], "x-fetch-attempts": ["1"] },
  statusCode: 405,
  body: "",
  error: { summary: "", detail: "" },
})

describe("what npm writes is no report", () => {
  test.each([
    ["where the registry refused the question", refused, /^405 Method Not Allowed/],
    ["where it wrote nothing", "", /something else than JSON/],
    ["where a proxy answered with a page", "<html></html>", /something else than JSON/],
    ["where it is a report of npm 6", '{"advisories":{}}', /no report of version 2/],
    ["where it is null", "null", /no report of version 2/],
  ])("%s", (_, stdout, reason) => {
    expect(() => reportOf(stdout)).toThrow(NoAdvisoriesError)
    expect(() => reportOf(stdout)).toThrow(reason)
  })
})

const advisory = (id: string, vulnerable: string) => ({
  id: 1,
  url: `https://github.com/advisories/${id}`,
  title: "Prototype pollution",
  severity: "high",
  vulnerable_versions: vulnerable,
  cwe: [],
  cvss: { score: 0, vectorString: null },
})

/** Says what a registry answers about the packages that it is asked for. */
let answer: (names: string[]) => { status: number; body: string }
let registry: Server
let folder: string
const ask = () => {
  const { port } = registry.address() as AddressInfo
  return askRegistry(folder, {
    ...process.env,
    npm_config_registry: `http://127.0.0.1:${port}/`,
    npm_config_fetch_retries: "0",
    npm_config_cache: join(folder, "cache"),
    npm_config_update_notifier: "false",
  })
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "audited-"))
  const manifest = { name: "audited", version: "1.0.0", dependencies: { "left-pad": "1.3.0" } }
  const packages = { "": manifest, "node_modules/left-pad": { version: "1.3.0" } }
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest))
  writeFileSync(
    join(folder, "package-lock.json"),
    JSON.stringify({ ...manifest, lockfileVersion: 3, packages }),
  )
  registry = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    if (request.method !== "POST") return response.writeHead(404).end("{}")
    const bytes = Buffer.concat(chunks)
    const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes
    const answered = answer(Object.keys(JSON.parse(body.toString())))
    response.writeHead(answered.status, { "content-type": "application/json" }).end(answered.body)
  })
  registry.listen(0, "127.0.0.1")
  await once(registry, "listening")
})
afterEach(() => {
  registry.closeAllConnections()
  registry.close()
  rmSync(folder, { recursive: true })
})

describe("what a registry answers", () => {
  const known = { minimist: [advisory("GHSA-vh95-rmgr-6w4m", "<0.2.1")] }

  test("is not taken for all clear where it refuses the question", async () => {
    answer = () => ({ status: 405, body: "" })
    await expect(ask()).rejects.toThrow(/^405 Method Not Allowed/)
  })

  test("is not taken for all clear where it keeps no advisories", async () => {
    answer = () => ({ status: 200, body: "{}" })
    await expect(ask()).rejects.toThrow(/does not even know a well-known one/)
  })

  test("is all clear where it knows others, and a finding where it knows one of ours", async () => {
    answer = (names) => ({ status: 200, body: JSON.stringify(names.includes("minimist") ? known : {}) })
    expect((await ask()).vulnerabilities).toEqual({})
    const ours = { "left-pad": [advisory("GHSA-aaaa-bbbb-cccc", "<=1.3.0")] }
    answer = (names) => ({ status: 200, body: JSON.stringify(names.includes("minimist") ? known : ours) })
    expect(Object.keys((await ask()).vulnerabilities)).toEqual(["left-pad"])
  })
})
