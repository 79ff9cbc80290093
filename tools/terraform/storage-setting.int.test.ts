import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { afterEach, expect, test, vi } from "vitest"
import { initialise, unitTest } from "./steps.ts"
import { openWorkspace, terraformVersion } from "./workspace.ts"

const available = (await terraformVersion()) !== undefined || process.env.CI !== undefined
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
  vi.unstubAllEnvs()
})

/** One mocked apply per set of changed arguments, in one state. */
const changes = [
  "",
  'tags = { environment = "other" }',
  "maximum_instance_count = 7",
  "always_ready = { http = 1 }",
  'runtime_version = "22"',
  'app_settings = { A = "1" }',
]

test.runIf(available)(
  "each update of an app removes the empty storage setting, and nothing else does",
  async () => {
    const bin = mkdtempSync(join(tmpdir(), "eshop-az-"))
    const calls = join(bin, "calls")
    writeFileSync(join(bin, "az"), `#!/bin/sh\necho "$@" >> '${calls}'\n`)
    chmodSync(join(bin, "az"), 0o755)
    vi.stubEnv("PATH", `${bin}${delimiter}${process.env.PATH}`)
    const workspace = await openWorkspace()
    closing.push(workspace.close, () => rmSync(bin, { recursive: true }))

    const file = join(workspace.dir, "modules/function-app/tests/unit/function_app.tftest.hcl")
    const head = readFileSync(file, "utf8")
      .split(/^run /m)[0]
      ?.replace(/^ *strip_empty_storage_setting.*$/m, "")
    // Each run is applied twice: the second time nothing has changed.
    const bodies = changes.flatMap((change, index) =>
      ["first", "again"].map((turn) => `run "${turn}_${index}" {\n  variables {\n    ${change}\n  }\n}\n`),
    )
    writeFileSync(file, `${head}${bodies.join("")}`)
    await initialise(workspace, "modules/function-app")
    expect(await unitTest(workspace, "modules/function-app")).toBe(12)

    const called = readFileSync(calls, "utf8").trimEnd().split("\n")
    expect(called).toEqual(
      changes.map(
        () =>
          "functionapp config appsettings delete --ids /subscriptions/x/resourceGroups/rg-test/providers/Microsoft.Web/sites/func-test --setting-names AzureWebJobsStorage --output none",
      ),
    )
  },
)
