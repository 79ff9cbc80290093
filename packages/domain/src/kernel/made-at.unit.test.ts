import { describe, expect, test } from "vitest"
import { idsFrom, latestBy, madeAt } from "./made-at.ts"

const id = "01939bc8-1c00-7abc-8def-000000000000"
const at = new Date(0x01939bc81c00)

describe("the time of a UUIDv7", () => {
  test("is what it says; another id says none", () => {
    expect(madeAt(id)).toBe(at.getTime())
    expect(madeAt("5334c996-8457-4cf0-815c-ed2b77c4ff61")).toBeUndefined()
  })

  test("parts the ids of before from those of since", () => {
    const later = new Date(at.getTime() + 1)
    expect([idsFrom(at), idsFrom(later)]).toEqual(["01939bc8-1c00", "01939bc8-1c01"])
    expect([id < idsFrom(later), id < idsFrom(at)]).toEqual([true, false])
  })

  test("is compared with clocks that differ by ten minutes", () => {
    const minutes = (count: number) => new Date(at.getTime() + count * 60_000)
    expect([id < idsFrom(latestBy(minutes(-9))), id < idsFrom(latestBy(minutes(-11)))]).toEqual([true, false])
  })
})
