import { readFileSync } from "node:fs"
import { join } from "node:path"
import { repositoryRoot } from "@eshop/local-cloud/settings"
import { expect, test } from "vitest"

const read = (path: string) => readFileSync(join(repositoryRoot, path), "utf8")
const page = read("docs/security.md")
const sections = page.split(/^## /m).flatMap((text) => {
  const title = text.split("\n", 1)[0] ?? ""
  const tests = [...text.matchAll(/^\| .*\| `([^`]+\.test\.ts)`: (.+) \|$/gm)]
  return /^API\d+ /.test(title) ? [{ title, tests }] : []
})

test("each of OWASP's ten has tests", () => {
  expect(sections.map(({ title }) => title.split(" ", 1)[0])).toEqual(
    Array.from({ length: 10 }, (_, index) => `API${index + 1}`),
  )
  expect(sections.filter(({ tests }) => tests.length === 0)).toEqual([])
})

test.each(
  sections.flatMap(({ title, tests }) => tests.map(([, path, name]) => [title, path, name] as const)),
)("%s: %s has %s", (_, path, name) => {
  expect(read(path as string)).toContain(name)
})

test("the limits that the page tells are those of the gateways", () => {
  const { rateLimits } = JSON.parse(read("infra/gateway/gateway.json"))
  const told = [...page.matchAll(/^\| `([a-z-]+)` \| .* \| ([\d,]+) in (\d+) s \|$/gm)]
  expect(
    told.map(([, name, quota, seconds]) => [name, Number(quota?.replace(",", "")), Number(seconds)]),
  ).toEqual(
    [
      ["default", rateLimits.default],
      ["signed-in", rateLimits.signedIn],
      ["strict", rateLimits.strict],
    ].map(([name, { quota, windowSeconds }]) => [name, quota, windowSeconds]),
  )
})
