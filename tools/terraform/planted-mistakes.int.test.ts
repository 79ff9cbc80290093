import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { findingsOf } from "./findings.ts"
import { plantedMistakes, prod } from "./planted-mistakes.ts"
import {
  checkFormat,
  type Deployment,
  initialise,
  planDeployment,
  readSources,
  unitTest,
  validate,
} from "./steps.ts"
import { openWorkspace, terraformVersion, type Workspace } from "./workspace.ts"

/** A plan has some nine hundred resources. */
const PLAN_TIMEOUT_MS = 180_000
const available = (await terraformVersion()) !== undefined || process.env.CI !== undefined

describe.runIf(available)("a planted mistake is found", () => {
  let workspace: Workspace
  const undo: (() => void)[] = []
  beforeAll(async () => {
    workspace = await openWorkspace()
    await initialise(workspace, ".")
    await initialise(workspace, "modules/storage")
  })
  afterEach(() => {
    // The last change first: two mistakes may be in one file.
    for (const restore of undo.splice(0).reverse()) restore()
  })
  afterAll(() => workspace?.close())

  /** Replaces `right` by `wrong` in a file of the copy, until the test ends. */
  function plant(path: string, right: string | RegExp, wrong: string): void {
    const file = join(workspace.dir, path)
    const before = readFileSync(file, "utf8")
    const after = before.replace(right, wrong)
    expect(after, `${right} is not in ${path}`).not.toBe(before)
    undo.push(() => writeFileSync(file, before))
    writeFileSync(file, after)
  }

  async function findings(deployment: Deployment): Promise<string[]> {
    const plan = await planDeployment(workspace, deployment)
    return findingsOf(plan, deployment, readSources(workspace)).map(
      ({ policy, address, message }) => `${policy}: ${address}: ${message}`,
    )
  }

  describe("by terraform", () => {
    test("an argument that the provider does not have", async () => {
      plant("modules/storage/main.tf", "account_tier ", "account_level = 1\n  account_tier ")
      await expect(validate(workspace, "modules/storage")).rejects.toThrow(
        'An argument named "account_level" is not expected here',
      )
    })

    test("a required argument that is missing", async () => {
      plant("modules/storage/main.tf", /^ {2}account_tier .*\n/m, "")
      await expect(validate(workspace, "modules/storage")).rejects.toThrow(
        'The argument "account_tier" is required',
      )
    })

    test("a reference to an attribute that is not there", async () => {
      plant(
        "modules/storage/outputs.tf",
        "azurerm_storage_account.this.id",
        "azurerm_storage_account.this.identifier",
      )
      await expect(validate(workspace, "modules/storage")).rejects.toThrow(
        'This object has no argument, nested block, or exported attribute named\n"identifier"',
      )
    })

    test("a module that is not given what it needs", async () => {
      plant("main.data.tf", /^ {2}replication .*\n/m, "")
      await expect(validate(workspace, ".")).rejects.toThrow('The argument "replication" is required')
    })

    test("a file that is not formatted", async () => {
      plant("modules/storage/main.tf", "  account_tier ", " account_tier ")
      await expect(checkFormat(workspace)).rejects.toThrow("modules/storage/main.tf")
    })

    test("an assertion that no longer holds", async () => {
      plant(
        "modules/storage/main.tf",
        /shared_access_key_enabled( +)= false/,
        "shared_access_key_enabled$1= true",
      )
      await expect(unitTest(workspace, "modules/storage")).rejects.toThrow(
        "Storage is reached with Entra identities only.",
      )
    })

    test("public stores in prod, by variable", async () => {
      plant("env/prod.tfvars", /^ {2}address_space/m, "  public_access = { enabled = true }\n  address_space")
      await expect(planDeployment(workspace, prod)).rejects.toThrow(
        "Only dev may open the stores' public endpoints.",
      )
    })
  })

  /** Independent mistakes are planted together: one plan finds them all, and nothing else. */
  describe.each(plantedMistakes)(
    "by a policy, in prod on $deployment.hosting",
    ({ deployment, mistakes }) => {
      let found: string[]
      beforeAll(async () => {
        for (const { path, right, wrong } of mistakes) plant(path, right, wrong)
        found = await findings(deployment)
      }, PLAN_TIMEOUT_MS)

      test.each(mistakes)("$name", ({ found: expected }) => {
        expect(found).toEqual(expect.arrayContaining(expected))
      })

      test("nothing else", () => {
        expect(found.toSorted()).toEqual(mistakes.flatMap((mistake) => mistake.found).toSorted())
      })
    },
  )
})
