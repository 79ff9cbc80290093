import { expect, test, vi } from "vitest"
import { remember } from "./remember.ts"

test("what was loaded is remembered for its time, and loaded once by all who ask at once", async () => {
  const clock = vi.spyOn(performance, "now").mockReturnValue(0)
  const asked: string[] = []
  const remembered = remember(
    async (key) => {
      asked.push(key)
      return key.length + asked.length
    },
    { forMs: 100, max: 10 },
  )
  expect(remembered.peek("a")).toBeUndefined()
  expect(await Promise.all([remembered.get("a"), remembered.get("a"), remembered.get("bb")])).toEqual([
    2, 2, 4,
  ])
  clock.mockReturnValue(99)
  expect([await remembered.get("a"), remembered.peek("a"), asked]).toEqual([2, 2, ["a", "bb"]])
  clock.mockReturnValue(100)
  expect([await remembered.get("a"), asked]).toEqual([4, ["a", "bb", "a"]])
  clock.mockRestore()
})

test("the oldest key goes first, and what is put or forgotten counts", async () => {
  const remembered = remember(async (key) => key, { forMs: 10_000, max: 2 })
  await remembered.get("a")
  await remembered.get("b")
  remembered.put("a", "A")
  await remembered.get("c")
  expect(["a", "b", "c"].map((key) => remembered.peek(key))).toEqual(["A", undefined, "c"])
  remembered.forget("a")
  expect(await remembered.get("a")).toBe("a")
})

test("a load that fails is told to who asked, and tried again", async () => {
  let failures = 1
  const remembered = remember(
    async () => {
      if (failures-- > 0) throw new Error("away")
      return 1
    },
    { forMs: 10_000, max: 2 },
  )
  await expect(remembered.get("a")).rejects.toThrow("away")
  expect(await remembered.get("a")).toBe(1)
})
