import { readFileSync } from "node:fs"
import { join } from "node:path"
import { repositoryRoot } from "@eshop/local-cloud/settings"
import { expect, test } from "vitest"

const read = (path: string) => readFileSync(join(repositoryRoot, path), "utf8")
const rows = [...read("docs/reference-defects.md").matchAll(/^\| (\d+) .*\| `([^`]+)`: (.+) \|$/gm)]

test("every defect of the reference system has its row", () => {
  expect(rows.map(([, number]) => Number(number))).toEqual(
    Array.from({ length: 18 }, (_, index) => index + 1),
  )
})

test.each(rows.map(([, number, path, name]) => [number, path, name] as const))(
  "the test that defect %s names is there",
  (_, path, name) => {
    expect(read(path as string)).toContain(name)
  },
)
