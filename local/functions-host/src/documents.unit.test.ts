import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"

const root = fileURLToPath(new URL("../../../", import.meta.url))
const read = (path: string) => readFileSync(`${root}/${path}`, "utf8")

it.each([
  ["docs/functions-host.md", 1],
  ["docs/service-bus-emulator.md", 2],
])("%s shows commands that a clean clone can run, on any Node", (document, count) => {
  const commands =
    read(document).match(/(?:(?<=```(?:sh)?\n)|(?<=`))(?:npx|node|functions-host) [^`\n]+/g) ?? []
  expect(commands).toHaveLength(count)
  for (const command of commands) {
    // npx finds both the package's program and Node 24 in node_modules/.bin, before what is on PATH.
    expect(command).toMatch(/^npx (?:functions-host|node local\/\S+\.ts) /)
    const program = /^npx node (\S+)/.exec(command)?.[1]
    if (program) expect([program, existsSync(`${root}/${program}`)]).toEqual([program, true])
  }
})

it("docs/functions-host.md invokes a function that the app has", async () => {
  const name = /host\.invoke\("([^"]+)"/.exec(read("docs/functions-host.md"))?.[1]
  const { functionsOf } = await import("@eshop/building-blocks/app/functions")
  const { catalog } = await import("../../../functions/catalog/src/app.ts")
  expect(functionsOf(catalog).map((one) => one.name)).toContain(name)
})
