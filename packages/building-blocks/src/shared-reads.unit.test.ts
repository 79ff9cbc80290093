import { expect, test } from "vitest"
import { sharedReads } from "./shared-reads.ts"

/** Reads that end when they are told to. */
function reads() {
  const begun: { key: string; end(value: string): void; fail(): void }[] = []
  const get = sharedReads(
    (key) =>
      new Promise<string>((resolve, reject) => {
        begun.push({ key, end: resolve, fail: () => reject(new Error(`no ${key}`)) })
      }),
  )
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  return { begun, get, settled }
}

test("who asks during a read waits for the next one, which all of them share", async () => {
  const { begun, get, settled } = reads()
  const first = get("a")
  const later = [get("a"), get("a"), get("a")]
  expect(begun).toHaveLength(1)
  begun[0]?.end("before")
  expect(await first).toBe("before")
  await settled()
  expect(begun).toHaveLength(2)
  const last = get("a")
  begun[1]?.end("after")
  expect(await Promise.all(later)).toEqual(["after", "after", "after"])
  await settled()
  begun[2]?.end("last")
  expect(await last).toBe("last")
  get("a")
  expect(begun).toHaveLength(4)
})

test("other keys do not wait, and a read that fails fails for those who share it alone", async () => {
  const { begun, get, settled } = reads()
  const failing = [get("a"), get("a"), get("b")]
  expect(begun.map(({ key }) => key)).toEqual(["a", "b"])
  begun[0]?.fail()
  begun[1]?.end("b")
  await expect(failing[0]).rejects.toThrow("no a")
  await settled()
  begun[2]?.end("a")
  expect(await Promise.all(failing.slice(1))).toEqual(["a", "b"])
})
