import { expect, test } from "vitest"
import * as z from "zod"
import { readSettings } from "./settings.ts"

const Settings = z.object({ DATABASE: z.url(), SEED: z.stringbool().default(false) })

test("settings are read in their types", () => {
  expect(readSettings(Settings, { DATABASE: "postgres://a/b", SEED: "true", OTHER: "1" })).toEqual({
    DATABASE: "postgres://a/b",
    SEED: true,
  })
})

test("every setting that is wrong is named, none is shown", () => {
  const read = () => readSettings(Settings, { DATABASE: "secret-word", SEED: "perhaps" })
  expect(read).toThrow(/DATABASE.*\n.*SEED/)
  expect(read).not.toThrow(/secret-word|perhaps/)
})
