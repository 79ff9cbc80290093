import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { cut, linesAt, MOST_PARTS } from "./parts.ts"

const partsOf = async (text: string, most: number): Promise<string[]> => {
  const answer = await cut(new Blob([text]), most)
  if (answer.type !== "cut") throw new Error(answer.type)
  return answer.parts.map(({ start, end }) =>
    new TextDecoder().decode(new TextEncoder().encode(text).subarray(start, end)),
  )
}

describe("a file", () => {
  test("is cut between its lines, into parts that are as large as they may be", async () => {
    expect(await partsOf("aa\nbb\ncc\ndd", 7)).toEqual(["aa\nbb\n", "cc\ndd"])
    expect(await partsOf("aa\nbb\n", 6)).toEqual(["aa\nbb\n"])
    expect(await partsOf("ää\nb\n", 5)).toEqual(["ää\n", "b\n"])
  })

  test("that is empty, has a line that fits no part, or is too long is not", async () => {
    expect(await cut(new Blob([""]))).toEqual({ type: "empty" })
    expect(await cut(new Blob(["a\nbbbb\n"]), 3)).toEqual({ type: "line-too-long" })
    expect(await cut(new Blob(["a\n".repeat(MOST_PARTS + 1)]), 2)).toEqual({ type: "too-long" })
  })

  test("has the same lines in whatever parts", async () => {
    const line = fc.string({ maxLength: 8 }).map((text) => text.replace(/[\r\n]/g, ""))
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 40, max: 80 }),
        async (lines, most) => {
          fc.pre(lines.join("").length > 0)
          const file = new Blob([lines.join("\n")])
          const answer = await cut(file, most)
          if (answer.type !== "cut") throw new Error(answer.type)
          const all = new Set(lines.map((_, index) => index + 1))
          const found = await linesAt(file, answer.parts, all)
          // An empty line at the very end is none.
          expect(found).toEqual(lines.at(-1) === "" ? lines.slice(0, -1) : lines)
          expect(await linesAt(file, answer.parts, new Set([1]))).toEqual(lines.slice(0, 1))
        },
      ),
    )
  })
})
