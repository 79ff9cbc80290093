import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { readSchema } from "./schema.ts"

test("every configuration names exactly the provider version whose schema it is checked against", () => {
  const terraform = join(import.meta.dirname, "../../infra/terraform")
  const files = globSync("**/terraform.tf", { cwd: terraform }).toSorted()
  const versions = files.map((file) => [
    file,
    [...readFileSync(join(terraform, file), "utf8").matchAll(/^\s+version\s+= "(.*)"$/gm)].map(
      ([, version]) => version,
    ),
  ])
  expect(versions).toEqual(files.map((file) => [file, [readSchema().source.version]]))
  expect(files).toHaveLength(16)
})
