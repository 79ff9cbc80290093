import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Edge, startEdge } from "./testing/edge.ts"

let edge: Edge
beforeAll(async () => {
  edge = await startEdge()
})
afterAll(() => edge.close())

it("serves the merged description of the API as soon as there is one", async () => {
  const missing = await fetch(`${edge.url}/openapi.json`)
  expect(missing.status).toBe(404)
  expect(await missing.json()).toMatchObject({ type: "urn:eshop:problem:document.missing", status: 404 })
  await writeFile(join(edge.dataDir, "openapi.json"), '{"openapi":"3.1.0"}')
  const response = await fetch(`${edge.url}/openapi.json`)
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json"])
  expect(await response.json()).toEqual({ openapi: "3.1.0" })
})

it("serves a reference that loads nothing from elsewhere and runs no inline script", async () => {
  const moved = await fetch(`${edge.url}/docs`, { redirect: "manual" })
  expect([moved.status, moved.headers.get("location")]).toEqual([308, "/docs/"])
  const page = await fetch(`${edge.url}/docs/`)
  expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"])
  const policy = page.headers.get("content-security-policy")
  expect(policy).toContain("default-src 'none'; script-src 'self';")
  const html = await page.text()
  const links = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => new URL(link ?? "", page.url))
  expect(links).toHaveLength(4)
  for (const link of links) {
    const file = await fetch(link)
    expect([link.href.startsWith(`${edge.url}/docs/`), file.status]).toEqual([true, 200])
    expect((await file.arrayBuffer()).byteLength).toBeGreaterThan(100)
  }
  expect(html.match(/<script(?! src="[^"]+"><\/script>)/)).toBeNull()
  expect(await (await fetch(`${edge.url}/docs/start.js`)).text()).toContain('url: "/openapi.json"')
})

it.each(["/docs/package.json", "/docs/../package.json", "/docs/..%2Fpackage.json", "/docs/index.html/x"])(
  "serves no other file: %s",
  async (path) => {
    expect((await edge.raw(path)).status).toBe(404)
    expect(edge.seen).toHaveLength(0)
  },
)

it("takes no other method than reading", async () => {
  expect((await edge.raw("/docs/", {}, "HEAD")).status).toBe(200)
  expect((await edge.raw("/docs/", {}, "POST")).status).toBe(404)
})
