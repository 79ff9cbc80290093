import { describe, expect, test } from "vitest"
import * as z from "zod"
import { readStoredEvent } from "./stored-events.ts"

const at = "2026-11-01T10:00:00.000Z"
/** A parcel's weight was kilograms, then grams, then it got a second name. */
const types = {
  ParcelWeighed: {
    v: 3,
    data: z.object({ grams: z.int(), scale: z.string() }),
    upcasts: {
      1: ({ kilograms }: { kilograms: number }) => ({ grams: kilograms * 1_000 }),
      2: (data: { grams: number }) => ({ ...data, scale: "unknown" }),
    },
  },
  ParcelLost: { v: 2, data: z.object({}) },
} as const

describe("a stored event", () => {
  test.each([
    [1, { kilograms: 2 }, { grams: 2_000, scale: "unknown" }],
    [2, { grams: 7 }, { grams: 7, scale: "unknown" }],
    [3, { grams: 7, scale: "S1" }, { grams: 7, scale: "S1" }],
  ])("of version %d is read as one of today's", (v, stored, data) => {
    expect(readStoredEvent(types, { type: "ParcelWeighed", v, at, data: stored })).toEqual({
      type: "ParcelWeighed",
      v: 3,
      at,
      data,
    })
  })

  test.each([
    ["is unknown", { type: "ParcelFound", v: 1, data: {} }, "the stored event 'ParcelFound' is unknown"],
    [
      "is a name of the language's",
      { type: "toString", v: 1, data: {} },
      "the stored event 'toString' is unknown",
    ],
    [
      "comes from the future",
      { type: "ParcelLost", v: 3, data: {} },
      "has version 3, newer than 2, the last that is known",
    ],
    [
      "nobody can read any more",
      { type: "ParcelLost", v: 1, data: {} },
      "has version 1, which nothing makes a 2 of",
    ],
    [
      "is broken",
      { type: "ParcelWeighed", v: 3, data: { grams: "7" } },
      "'ParcelWeighed' of version 3 is broken",
    ],
    ["has no version", { type: "ParcelLost", data: {} }, "v"],
  ])("that %s is an error", (_, event, message) => {
    expect(() => readStoredEvent(types, { at, ...event })).toThrow(message)
  })
})
