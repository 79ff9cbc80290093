import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { root } from "../apps.ts"
import { edgeProblems } from "./edge-problems.ts"

test("OpenAPI knows every problem that the edge of an app answers with", () => {
  const folder = join(root, "packages/building-blocks/src/http")
  const sources = globSync("*.ts", { cwd: folder }).filter((file) => !file.endsWith(".test.ts"))
  const answered = sources.flatMap((file) =>
    [
      ...readFileSync(join(folder, file), "utf8").matchAll(
        /\bcode: (?:"([a-z.-]+\.?[a-z-]+)"|`request\.\$\{name\}`)/g,
      ),
    ].map(([, code]) => code ?? "request.if-…"),
  )
  const known = edgeProblems
    .flatMap(({ codes }) => codes)
    .filter((code) => !code.startsWith("request.if-") && !code.startsWith("client."))
  expect([...new Set(answered)].filter((code) => code !== "unrecognized_keys").sort()).toEqual(
    [...known, "request.if-…"].sort(),
  )
})

test("OpenAPI knows why a gateway answers 429", () => {
  const folder = join(root, "local/gateway/src")
  const sources = globSync("*.ts", { cwd: folder }).filter((file) => !file.endsWith(".test.ts"))
  const answered = sources.flatMap((file) =>
    [...readFileSync(join(folder, file), "utf8").matchAll(/status: 429,\s+code: "([a-z.-]+)"/g)].map(
      ([, code]) => code,
    ),
  )
  expect(answered.sort()).toEqual(
    edgeProblems.flatMap(({ status, codes }) => (status === 429 ? codes : [])).sort(),
  )
})
