import { describe, expect, it } from "vitest"
import { Variables } from "./agent.ts"
import { whyNotHere } from "./runner.ts"

describe("variables", () => {
  const variables = new Variables({ "Build.BuildId": "7", imageTag: "1.0" })

  it("fill macros, whatever the case of their name; an unknown macro stays", () => {
    expect(variables.expand("$(build.buildid)-$(imageTag)-$(unknown)-$(git status)")).toBe(
      "7-1.0-$(unknown)-$(git status)",
    )
  })

  it("reach a script in capitals", () => {
    expect(variables.environment()).toEqual({ BUILD_BUILDID: "7", IMAGETAG: "1.0" })
  })
})

describe("a step", () => {
  it.each([
    [{ bash: "set -euo pipefail\nnpm test" }, undefined],
    [{ bash: "docker build ." }, "needs Docker"],
    [{ bash: "git push origin main" }, "pushes to the repository's server"],
    [{ bash: "trivy filesystem ." }, "needs Trivy"],
    [{ checkout: "self" }, "the working copy is made already"],
    [{ publish: "dist" }, "needs Azure DevOps"],
    [{ task: "AzureCLI@2" }, "needs Azure"],
    [{ task: "Cache@2" }, "prepares an agent; this machine's programs are used"],
    [{ task: "SonarQubeAnalyze@8" }, "needs a SonarQube server"],
    [{ task: "ManualValidation@1" }, "ManualValidation@1 runs on agents only"],
    [{ powershell: "Get-Date" }, "is no bash script"],
  ])("%o is skipped here: %s", (step, reason) => {
    expect(whyNotHere(step)).toBe(reason)
  })
})
