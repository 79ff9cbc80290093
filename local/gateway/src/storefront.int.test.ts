import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Edge, startEdge } from "./testing/edge.ts"

const issuer = "http://localhost:8090"
const payments = "http://localhost:8091"
let directory: string
let edge: Edge

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "storefront-"))
  edge = await startEdge({
    storefront: { directory: join(directory, "dist"), pages: join(directory, "pages"), issuer, payments },
  })
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
      `default-src 'none'; script-src 'self' ${payments}; frame-src ${payments}; ` +
        "style-src 'self'; img-src 'self' https:; " +
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
  const policy = (await navigate("/console")).headers.get("content-security-policy")
  expect([policy?.includes(issuer), policy?.includes(payments)]).toEqual([true, false])
  for (const path of ["/back-offices", "/consoles/1"]) {
    const page = await navigate(path)
    expect([page.status, await page.text()]).toEqual([404, "<title>the shop</title>"])
  }
})

it("serves prerendered pages where they are, and 404 with the shop's page where there are others", async () => {
  const pageAt = async (path: string) => {
    const answer = await navigate(path)
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8")
    return [answer.status, await answer.text()]
  }
  // Only the script knows which products there are.
  expect(await pageAt("/products/anything")).toEqual([200, "<title>the shop</title>"])
  for (const folder of ["products", "de/products", ".state"])
    await mkdir(join(directory, "pages", folder), { recursive: true })
  await writeFile(join(directory, "pages", "products", "iphone-x.html"), "<title>a phone</title>")
  await writeFile(join(directory, "pages", "de", "products", "iphone-x.html"), "<title>ein Telefon</title>")
  await writeFile(join(directory, "pages", ".state", "products.ndjson"), "a secret")
  await writeFile(join(directory, "pages", "sitemap.xml"), "<sitemapindex/>")
  expect(await pageAt("/products/iphone-x?sku=A")).toEqual([200, "<title>a phone</title>"])
  expect(await pageAt("/de/products/iphone-x/")).toEqual([200, "<title>ein Telefon</title>"])
  for (const path of [
    "/products/anything",
    "/fr/products/iphone-x",
    "/no-such-page",
    "/.state/products.ndjson",
  ])
    expect(await pageAt(path)).toEqual([404, "<title>the shop</title>"])
  for (const path of ["/products", "/de/products", "/de", "/de/cart"])
    expect(await pageAt(path)).toEqual([200, "<title>the shop</title>"])
  const sitemap = await fetch(`${edge.url}/sitemap.xml`)
  expect([sitemap.status, sitemap.headers.get("content-type")]).toEqual([200, "application/xml"])
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
    payments: { script: `${payments}/elements/stripe.ts`, publishableKey: "pk_test_simulator" },
  })
})
