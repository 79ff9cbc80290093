import { afterEach, describe, expect, it, vi } from "vitest"
import { run, whyMissing } from "./programs.ts"

const absent = { name: "a-program-that-nobody-has", install: "write it" }

afterEach(() => vi.unstubAllEnvs())

describe("whyMissing", () => {
  it("names what is missing and how to get it, on a user's machine", () => {
    vi.stubEnv("CI", "")
    expect(whyMissing(absent)).toBe("a-program-that-nobody-has is missing: write it")
    expect(whyMissing({ name: process.execPath, install: "" }, ["--version"])).toBeUndefined()
  })

  it("fails in CI, where a check must not pass over in silence", () => {
    vi.stubEnv("CI", "true")
    expect(() => whyMissing(absent)).toThrow("a-program-that-nobody-has is missing: write it")
  })
})

describe("run", () => {
  it("gives standard output, and standard error as the reason of a failure", () => {
    expect(run(process.execPath, ["-e", "console.log(process.env.A)"], { A: "1" })).toBe("1\n")
    expect(() => run(process.execPath, ["-e", "console.error('why'); process.exit(3)"])).toThrow(
      new Error("why"),
    )
  })
})
