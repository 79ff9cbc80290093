import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { startTelemetry, type Telemetry } from "./server.ts"

let telemetry: Telemetry
beforeAll(async () => {
  telemetry = await startTelemetry({ port: 0, allowedOrigins: [] })
})
afterAll(() => telemetry.close())

const get = (path: string) => fetch(telemetry.url + path)

it("takes nothing from elsewhere, runs nothing inline, and links relatively", async () => {
  const page = await get("/")
  expect(page.headers.get("content-security-policy")).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  )
  const html = await page.text()
  expect(
    html.match(/<script(?! type="module" src="page\/[a-z.]+"><\/script>)|<style| style=| on[a-z]+=/),
  ).toBeNull()
  const links = [...html.matchAll(/(?:src|href)="(?!#)([^"]+)"/g)].map(([, link]) => link ?? "")
  expect(links).toEqual(["page/icon.svg", "page/style.css", "page/views.css", "page/main.ts", "api/traces"])
  for (const link of links) expect((await get(`/${link}`)).status).toBe(200)
})

it("serves each of its modules as JavaScript that imports only such modules", async () => {
  const names = (await readdir(join(import.meta.dirname, "page"))).filter((name) => name.endsWith(".ts"))
  for (const name of names) {
    const module = await get(`/page/${name}`)
    expect([module.status, module.headers.get("content-type")]).toEqual([
      200,
      "text/javascript; charset=utf-8",
    ])
    const imports = [...(await module.text()).matchAll(/ from "\.\/([a-z-]+\.ts)"/g)].map(
      ([, other]) => other,
    )
    expect(names).toEqual(expect.arrayContaining(imports))
  }
})

it.each(["/page/tsconfig.json", "/page/../server.ts", "/page/..%2Fserver.ts", "/page/none.ts", "/server.ts"])(
  "serves no other file: %s",
  async (path) => {
    const answer = await get(path)
    expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "application/problem+json"])
  },
)
