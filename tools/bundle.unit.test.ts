import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { root } from "./apps.ts"

test("durable-functions calls of validator only what a bundle keeps", () => {
  const folder = join(root, "node_modules/durable-functions/lib/src")
  const called = globSync("**/*.js", { cwd: folder }).flatMap((file) =>
    [...readFileSync(join(folder, file), "utf8").matchAll(/validator_1\.(\w+)/g)].map(([, name]) => name),
  )
  expect([...new Set(called)]).toEqual(["isURL"])
})
