import { execFile } from "node:child_process"
import { randomInt } from "node:crypto"
import { readFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import { repositoryRoot } from "@eshop/local-cloud/settings"
import { expect, it } from "vitest"

const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs")
const seeds = Array.from({ length: 10 }, () => randomInt(2 ** 31))

/** Test files that have a property. None lies under `tests`, where this file has the word as well. */
async function filesWithProperties(): Promise<string[]> {
  const { stdout } = await promisify(execFile)("git", ["ls-files", "*.test.ts"], { cwd: repositoryRoot })
  const files = stdout.split("\n").filter((file) => file !== "" && !file.startsWith("tests/"))
  const texts = await Promise.all(files.map((file) => readFile(join(repositoryRoot, file), "utf8")))
  return files.filter((_, index) => texts[index]?.includes("fc.assert("))
}

it.each(seeds)("every property holds with the values of seed %i", async (seed) => {
  const files = await filesWithProperties()
  expect(files.length).toBeGreaterThan(0)
  const env = { ...process.env, PROPERTY_SEED: String(seed) }
  const run = promisify(execFile)(process.execPath, [vitest, "run", "--silent=true", ...files], {
    cwd: repositoryRoot,
    env,
    maxBuffer: 64 * 1024 * 1024,
  })
  const output = await run.then(
    () => "",
    ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
  )
  expect(output).toBe("")
})
