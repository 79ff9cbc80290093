import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { apps, root } from "./apps.ts"
import { settingsProblems } from "./settings.ts"

const { Values: example } = JSON.parse(readFileSync(join(root, "local.settings.example.json"), "utf8"))

it.each([...apps])("local.settings.example.json is what %s takes, as it is", async (app) => {
  expect(await settingsProblems(app, example)).toEqual([])
})

it("is refused without what an app needs, and the value is not named", async () => {
  const { IDENTITY_AUDIENCE, ...without } = example
  expect(await settingsProblems("catalog", { ...without, CATALOG_DB: "no address" })).toEqual([
    "catalog: IDENTITY_AUDIENCE: Invalid input: expected string, received undefined",
    "catalog: CATALOG_DB: Invalid URL",
  ])
})
