import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { watchRestartFiles } from "./restart-files.ts"

let root: string
let told: string[][]
let stop: () => void

const write = async (path: string, text: string) => {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), text)
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "restart-"))
  told = []
  await write("host.json", "{}")
  await write("infra/service-bus/entities.json", "{}")
  await write("infra/gateway/routes.json", "{}")
  await write("functions/ordering/migrations/001.sql", "SELECT 1")
  stop = watchRestartFiles(root, (files) => told.push(files))
})

afterEach(async () => {
  stop()
  await rm(root, { recursive: true })
})

describe("files that a restart applies", () => {
  it.each([
    ["host.json"],
    ["infra/service-bus/entities.json"],
    ["infra/gateway/routes.json"],
    ["functions/ordering/migrations/001.sql"],
    ["functions/ordering/migrations/002.sql"],
  ])("tells that %s changed", async (path) => {
    await write(path, "changed")
    await expect.poll(() => told).toEqual([[path]])
  })

  it("tells of a file that an editor puts in the place of another, and not of the same content or other files", async () => {
    await write("infra/gateway/routes.json", "{}")
    await write("package.json", "{}")
    await write("infra/gateway/notes.md", "no")
    await write("infra/service-bus/entities.json.new", "changed")
    await rename(
      join(root, "infra/service-bus/entities.json.new"),
      join(root, "infra/service-bus/entities.json"),
    )
    await expect.poll(() => told).toEqual([["infra/service-bus/entities.json"]])
  })
})
