import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Edge, startEdge } from "./testing/edge.ts"

const issuer = "http://localhost:8090"
let directory: string
let edge: Edge

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "storefront-"))
  edge = await startEdge({ storefront: { directory: join(directory, "dist"), issuer } })
})
afterAll(async () => {
  await edge.close()
  await rm(directory, { recursive: true })
})

const navigate = (path: string, init: RequestInit = {}) =>
  fetch(`${edge.url}${path}`, { ...init, headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" } })
const typeOf = async (response: Response) => ((await response.json()) as { type: string }).type

it("serves the API alone as long as there is no build", async () => {
  const answer = await navigate("/")
  expect([answer.status, await typeOf(answer)]).toEqual([404, "urn:eshop:problem:route.unknown"])
})

it("serves the build: its one page for every address that a browser goes to, and its files", async () => {
  await mkdir(join(directory, "dist", "assets"), { recursive: true })
  await writeFile(join(directory, "secret"), "outside of the build")
  await writeFile(join(directory, "dist", "index.html"), "<title>the shop</title>")
  await writeFile(join(directory, "dist", "assets", "index-abc123.js"), "export {}")
  for (const path of ["/", "/products/iphone-x", "/orders/1?a=b", "/index.html"]) {
    const page = await navigate(path)
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"])
    expect(page.headers.get("cache-control")).toBe("no-cache")
    expect(page.headers.get("content-security-policy")).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
        `connect-src 'self' ${issuer}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
    expect(await page.text()).toBe("<title>the shop</title>")
  }
  const script = await fetch(`${edge.url}/assets/index-abc123.js`)
  expect([script.status, script.headers.get("content-type"), script.headers.get("cache-control")]).toEqual([
    ...[200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"],
  ])
  const head = await navigate("/cart", { method: "HEAD" })
  expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "23", ""])
})

it("serves the staff's page for all that is theirs", async () => {
  await writeFile(join(directory, "dist", "staff.html"), "<title>the back office</title>")
  for (const path of ["/back-office", "/back-office/products/1", "/console", "/console/sagas?status=Running"])
    expect([path, await (await navigate(path)).text()]).toEqual([path, "<title>the back office</title>"])
  for (const path of ["/back-offices", "/consoles/1", "/staff.html"])
    expect([path, await (await navigate(path)).text()]).toEqual([path, "<title>the shop</title>"])
})

it("leaves what is no page to those who answer it", async () => {
  const ofService = await navigate("/catalog/nothing-here")
  expect([ofService.status, await typeOf(ofService)]).toEqual([404, "urn:eshop:problem:route.unknown"])
  const posted = await navigate("/products", { method: "POST" })
  expect([posted.status, await typeOf(posted)]).toEqual([404, "urn:eshop:problem:route.unknown"])
  const asked = await fetch(`${edge.url}/products`)
  expect([asked.status, await typeOf(asked)]).toEqual([404, "urn:eshop:problem:route.unknown"])
  // In a script's place a page would be run.
  const missing = await navigate("/assets/index-gone.js")
  expect([missing.status, await typeOf(missing)]).toEqual([404, "urn:eshop:problem:route.unknown"])
  const outside = await fetch(`${edge.url}/assets/..%2f..%2fsecret`)
  expect(await outside.text()).not.toContain("outside of the build")
})

it("tells the pages where they are", async () => {
  const answer = await fetch(`${edge.url}/storefront.json`)
  const client = {
    ...{ issuer, clientId: "storefront" },
    scope: "openid profile offline_access access_as_user",
  }
  expect(await answer.json()).toEqual({
    ...{ ...client, apiBase: "", staff: client },
  })
})
