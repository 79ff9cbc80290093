// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the syntax of Azure Pipelines
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { root as repository } from "../apps.ts"
import {
  checkExpansions,
  checkFiles,
  checkRollouts,
  checkScripts,
  expandAll,
  pipelineFiles,
} from "./check.ts"
import { expandFile } from "./expand.ts"
import { plan } from "./generate.ts"
import { expandProfile } from "./profiles.ts"
import { expandApplication } from "./run.ts"
import { scriptsIn, shellcheck, whyNoShellcheck } from "./scripts.ts"
import { type Copy, copyPipelines } from "./testing/copy.ts"

const planned = plan(repository)
const expansions = expandAll(repository, planned)

describe("the language service", () => {
  it("finds nothing in the files as they are written", async () => {
    const files = pipelineFiles(repository, planned)
    // Profiles that are committed and those that are not, pipelines, templates, steps, and what the pipelines extend.
    expect(files).toHaveLength(128 + 160 + 9 + 28 + 15 + 6)
    expect(await checkFiles(repository, files)).toEqual([])
  })

  it("finds nothing in the expanded profiles and pipelines", async () => {
    // Each pipeline for three reasons; each app with the other hosting and with SonarQube; the templates outside profiles.
    expect(expansions).toHaveLength(288 + 3 * 9 + 4 + 8)
    expect(await checkExpansions(expansions)).toEqual([])
  })
})

describe("the rollout", () => {
  it("keeps to the rules", () => {
    expect(checkRollouts(repository, expansions)).toEqual([])
  })
})

const missingShellcheck = whyNoShellcheck()

describe("the scripts", () => {
  it.skipIf(missingShellcheck)(`keep to shellcheck and the rules ${missingShellcheck ?? ""}`, () => {
    const scripts = expansions.flatMap(({ document }) => scriptsIn(document))
    expect(scripts.length).toBeGreaterThan(0)
    expect(checkScripts(scripts)).toEqual([])
  })
})

describe("a planted mistake", () => {
  let copy: Copy
  beforeAll(() => {
    copy = copyPipelines()
  })
  afterAll(() => copy.close())

  /** Changes a file for the length of a test. */
  function plant(file: string, from: string, to: string): string {
    const before = copy.read(file)
    copy.replace(file, from, to)
    onTestFinished(() => copy.write(file, before))
    return file
  }
  const inCopy = (file: string) => ({ file, text: copy.read(file) })
  const expandInCopy = (name: string) => {
    const profile = plan(copy.root).profiles.find(({ file }) => file.endsWith(`/${name}.yaml`))
    if (!profile) throw new Error(`no profile ${name}`)
    return expandProfile(copy.root, profile)
  }
  const lineOf = (file: string, text: string) =>
    copy
      .read(file)
      .split("\n")
      .findIndex((line) => line.includes(text)) + 1

  it.each([
    ["an unknown task", "- task: UseNode@1", "- task: UseNod@1", "Unknown task"],
    ["a misspelled input", "version: ${{", "versoin: ${{", "Unexpected property versoin"],
    ["a missing input", "path: $(Pipeline.Workspace)/.npm", "cacheHitVar: hit", 'Missing property "path".'],
    [
      "a misspelled key of a step",
      "displayName: Restore",
      "displayNam: Restore",
      "Unexpected property displayNam",
    ],
  ])("is found: %s", async (_, from, to, message) => {
    const file = plant(".azure-pipelines/steps/restore-npm.yaml", from, to)
    const problems = await checkFiles(copy.root, [inCopy(file)])
    const found = problems.find((problem) => problem.includes(`: ${message} — `))
    expect(found).toBeDefined()
    // A missing property is reported at the mapping that misses it, the others where they stand.
    const line = message.startsWith("Missing") ? lineOf(file, "key: npm") - 1 : lineOf(file, to)
    expect(found).toMatch(new RegExp(`^${file}:${line}: `))
  })

  it("is found in the expansion, where the template alone looks well", async () => {
    const file = ".azure-pipelines/steps/publish-tests.yaml"
    plant(file, "values: [JUnit, VSTest]", "values: [JUnit, VSTest, Jasmine]")
    plant(
      ".azure-pipelines/templates/dotnet/unit-tests.yaml",
      "resultsFormat: VSTest",
      "resultsFormat: Jasmine",
    )
    expect(await checkFiles(copy.root, [inCopy(file)])).toEqual([])
    const name = "dotnet-build-none-unit-tests-none-none"
    const problems = await checkExpansions([{ name, document: expandInCopy(name) }])
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/, expanded, line \d+: Value is not accepted.* — testResultsFormat: Jasmine$/)
  })

  it("is found: a missing parameter", () => {
    plant(
      ".azure-pipelines/application.yaml",
      "applicationFolder: functions/${{ parameters.application }}\n          ",
      "",
    )
    expect(() => expandFile(copy.root, ".azure-pipelines/pipelines/catalog.yaml")).toThrow(
      /^\.azure-pipelines\/application\.yaml:\d+: parameter "applicationFolder" of .* is missing$/,
    )
  })

  it("is found: a wrong type", () => {
    plant(".azure-pipelines/environments.yaml", "codeCoverageThreshold: ", "codeCoverageThreshold: high # ")
    const text = plan(copy.root).files.get(".azure-pipelines/pipelines/catalog.yaml") as string
    plant(
      ".azure-pipelines/pipelines/catalog.yaml",
      copy.read(".azure-pipelines/pipelines/catalog.yaml"),
      text,
    )
    expect(() => expandFile(copy.root, ".azure-pipelines/pipelines/catalog.yaml")).toThrow(
      'parameter "codeCoverageThreshold" must be of type number, not "high"',
    )
  })

  it("is found: an unknown template", () => {
    plant(".azure-pipelines/steps/trivy.yaml", "template: install-trivy.yaml", "template: install-trivi.yaml")
    expect(() => expandInCopy("react-build-none-none-trivy-none")).toThrow(
      /^\.azure-pipelines\/steps\/trivy\.yaml:\d+: unknown template install-trivi\.yaml$/,
    )
  })

  const environments = ".azure-pipelines/environments.yaml"
  const pipeline = (name: string) => `.azure-pipelines/pipelines/${name}.yaml`
  const infrastructure = ".azure-pipelines/infrastructure.yaml"
  it.each([
    [
      "an agent that cannot reach the state",
      infrastructure,
      "poolName: ${{ environment.poolName }}",
      "vmImage: ubuntu-24.04",
      `${pipeline("infrastructure")}: plan_production, job build: logs in as eshop-production outside of the pool eshop-production`,
    ],
    [
      "production without approval",
      environments,
      "approval: true",
      "approval: false",
      `${environments}: production, the last environment, has no approval`,
    ],
    [
      "an approval that nothing waits for",
      infrastructure,
      "dependsOn: approve",
      "dependsOn: []",
      `${pipeline("infrastructure")}: apply_production, job apply: waits for nobody's approval`,
    ],
    [
      "production with dev's connection",
      environments,
      "serviceConnection: eshop-production",
      "serviceConnection: eshop-dev",
      `${environments}: production has the service connection eshop-dev of another environment`,
    ],
    [
      "a stage with dev's connection, whatever its environment has",
      infrastructure,
      "serviceConnection: ${{ environment.serviceConnection }}\n                  poolName",
      "serviceConnection: eshop-dev\n                  poolName",
      `${pipeline("infrastructure")}: plan_production, job build: logs in as eshop-dev, not as eshop-production`,
    ],
    [
      "a deployment job without its environment",
      infrastructure,
      "                    environment: eshop-infrastructure-${{ environment.name }}\n",
      "",
      `${pipeline("infrastructure")}: apply_production, job apply: is a deployment without environment: nobody is asked`,
    ],
    [
      "a deployment job with another environment",
      ".azure-pipelines/application.yaml",
      "environment: eshop-${{ environment.name }}",
      "environment: eshop-dev",
      "catalog, flex: production, job rollout: deploys to eshop-dev, not to production",
    ],
    [
      "a job that deploys and is no deployment job",
      infrastructure,
      "- deployment: apply",
      "- job: apply",
      `${pipeline("infrastructure")}: apply_production, job apply: changes production and is no deployment job`,
    ],
    [
      "another image than git has",
      ".azure-pipelines/application.yaml",
      "imageName: eshop/",
      "imageName: shop/",
      `catalog, aks: image shop/catalog is pulled by nobody; infra/gitops/apps/base/app/values.yaml has eshop/basket, eshop/catalog, eshop/discount, eshop/ordering`,
    ],
    [
      "another hosting than Terraform's",
      environments,
      "hosting: flex",
      "hosting: aks",
      `${environments}: hosting is "aks", by infra/terraform/env/prod.tfvars "flex"`,
    ],
    [
      "a registry that Terraform does not make",
      environments,
      "registries/creshopstga1b2",
      "registries/creshop",
      `${environments}: registry of staging is "/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/rg-eshop-staging/providers/Microsoft.ContainerRegistry/registries/creshop", by infra/terraform/env/staging.tfvars "/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/rg-eshop-staging/providers/Microsoft.ContainerRegistry/registries/creshopstga1b2"`,
    ],
  ])("is found in a rollout: %s", (_, file, from, to, problem) => {
    plant(file, from, to)
    const name = pipeline("infrastructure")
    const documents = [
      { name, document: expandFile(copy.root, name, { variables: { "Build.Reason": "IndividualCI" } }) },
      ...["aks", "flex"].map((hosting) => ({
        name: `catalog, ${hosting}`,
        document: expandApplication(copy.root, "catalog", new Map([["hosting", hosting]]), "IndividualCI"),
      })),
    ]
    expect(checkRollouts(copy.root, documents)).toContain(problem)
  })

  it("is found: a secret in clear, and its message does not repeat it", async () => {
    const token = `ghp_${"a1B2".repeat(9)}`
    const file = plant(
      infrastructure,
      "variables:\n",
      `variables:\n              - { name: token, value: ${token} }\n`,
    )
    expect(await checkFiles(copy.root, [inCopy(file)])).toEqual([
      `${file}:${lineOf(file, token)}: a GitHub token in clear`,
    ])
  })

  it.skipIf(missingShellcheck)(`is found: a mistake in a script ${missingShellcheck ?? ""}`, () => {
    const text = 'set -euo pipefail\nrm -rf $FOLDER/*\nif [ $A == "b" ]; then echo; fi\n'
    const problems = shellcheck([{ step: "Clean", text }])
    expect(problems.map((problem) => problem.replace(/: .*\(/s, " ("))).toContain("Clean (SC2086)")
    expect(problems[0]).toMatch(/^Clean: line 2 of the script: /)
  })

  it("is found: a script that goes on after an error, or has values in its text", () => {
    const [first, second] = [
      { step: "A", text: "npm test\n" },
      {
        step: "B",
        text: "set -euo pipefail\necho $(Build.SourceBranch) ${{ parameters.x }} $(git status)\n",
      },
    ]
    const problems = checkScripts([first, second])
    expect(problems).toContain('A: does not begin with "set -euo pipefail"')
    expect(problems).toContain("B: has $(Build.SourceBranch) in its text: pass it by env")
    expect(problems).toContain("B: has ${{ parameters.x }} in its text: pass it by env")
    expect(problems.filter((problem) => problem.includes("by env"))).toHaveLength(2)
  })
})
