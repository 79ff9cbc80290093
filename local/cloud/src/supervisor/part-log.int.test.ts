import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { PassThrough } from "node:stream"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { PartLog } from "./part-log.ts"

let directory: string
const told: [string, number | undefined][] = []

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "part-log-"))
  told.length = 0
})

afterEach(async () => {
  await rm(directory, { recursive: true })
})

async function print(text: string, limitBytes?: number): Promise<PartLog> {
  const log = await PartLog.open(directory, "app", (...line) => told.push(line), limitBytes)
  const output = new PassThrough()
  log.attach(output)
  const ended = new Promise((resolve) => output.once("close", resolve))
  output.end(text)
  await ended
  return log
}

const read = (name: string) => readFile(join(directory, name), "utf8")

describe("the log of a part", () => {
  it("takes the mark of the level off each line and hands the level over", async () => {
    const log = await print(
      "<3>[12:00] TypeError: no\n<6>  at work (a.ts:1)\nno mark\n<8>no level\n\n<5>last",
    )
    expect(told).toEqual([
      ["[12:00] TypeError: no", 3],
      ["  at work (a.ts:1)", 6],
      ["no mark", undefined],
      ["<8>no level", undefined],
      ["last", 5],
    ])
    expect(log.lastLines(2)).toEqual(["<8>no level", "last"])
    log.close()
    expect(await read("app.log")).toBe(
      "[12:00] TypeError: no\n  at work (a.ts:1)\nno mark\n<8>no level\n\nlast\n",
    )
  })

  it("starts anew when it grows over its limit and keeps one old file", async () => {
    const log = await print("1111\n2222\n3333\n4444\n5555\n", 8)
    log.close()
    expect(await readdir(directory)).toEqual(["app.log", "app.previous.log"])
    expect(await read("app.previous.log")).toBe("3333\n4444\n")
    expect(await read("app.log")).toBe("5555\n")
  })

  it("keeps what the earlier start printed", async () => {
    const first = await print("first\n")
    first.close()
    const second = await print("second\n")
    second.close()
    expect(await read("app.previous.log")).toBe("first\n")
    expect(await read("app.log")).toBe("second\n")
  })
})
