import { execFileSync } from "node:child_process"
import { existsSync, rmSync } from "node:fs"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { root as repository } from "../apps.ts"
import { apply, compare, plan, validate } from "./generate.ts"
import { expandProfile } from "./profiles.ts"
import { type Copy, copyPipelines } from "./testing/copy.ts"

const environments = ".azure-pipelines/environments.yaml"
const template = (name: string) => `.azure-pipelines/templates/${name}.yaml`
const committed = ["functions-node", "terraform"]
const profile = (stack: string, variant: string) =>
  `${committed.includes(stack) ? ".azure-pipelines" : "dist"}/profiles/${stack}/${stack}-build-${variant}.yaml`

/** The parameters of the reference system, by template. */
const reference = {
  build: ["vmImage", "poolName", "applicationFolder"],
  "unit-tests": ["testCommand", "codeCoverageThreshold"],
  sonarqube: ["sonarQubeProjectKey", "sonarQubeProjectName", "sonarQubeServiceConnection"],
  trivy: ["trivySeverity", "trivyFormat"],
  "build-image": ["dockerfilePath", "imageName", "imageTag", "buildArgs", "dockerContext"],
  "push-acr": [
    "serviceConnection",
    "dockerfilePath",
    "dockerContext",
    "buildArgs",
    "acrRegistry",
    "imageName",
    "imageTag",
  ],
  "scan-image": [
    "imageName",
    "imageTag",
    "trivySeverity",
    "trivyExitCode",
    "trivyIgnoreUnfixed",
    "trivyTimeout",
  ],
}

describe("the committed files", () => {
  it("are what the generator writes", () => {
    const planned = plan(repository)
    expect(compare(repository, planned)).toEqual([])
    expect(planned.files.size).toBe(96 + 32 + 9)
  })

  it("are marked as generated, so that a review folds them", () => {
    const input = [...plan(repository).files.keys()].join("\n")
    const marks = execFileSync("git", ["check-attr", "--stdin", "linguist-generated"], {
      cwd: repository,
      encoding: "utf8",
      input,
    })
    expect(
      marks
        .trimEnd()
        .split("\n")
        .filter((line) => !line.endsWith(": linguist-generated: set")),
    ).toEqual([])
  })
})

describe("the profiles", () => {
  const { profiles } = plan(repository)
  const parametersOf = (file: string) =>
    profiles
      .find((found) => found.file === file)
      ?.parameters.map(({ name }) => name)
      .sort()

  it("are every combination of each stack's tasks, by the reference's names", () => {
    const count = (stack: string) => profiles.filter((found) => found.stack === stack).length
    expect(["dotnet", "functions-node", "react", "terraform"].map(count)).toEqual([80, 96, 80, 32])
    const names = ["linting", "none"].flatMap((linting) =>
      ["unit-tests", "none"].flatMap((tests) =>
        ["all", "none", "sonarqube", "trivy"].flatMap((sca) =>
          ["all", "build-image", "none", "push-acr", "scan-image"].map((publish) =>
            profile("react", `${linting}-${tests}-${sca}-${publish}`),
          ),
        ),
      ),
    )
    expect(profiles.filter(({ stack }) => stack === "react").map(({ file }) => file)).toEqual(names)
  })

  it.each([
    ["dotnet", ["dotnetVersion"]],
    ["react", ["nodeVersion", "buildCommand", "buildOutputFolder"]],
  ])("of %s have the reference's parameters and no others", (stack, own) => {
    const build = [...reference.build, ...own]
    const union = (...parts: string[][]) => [...new Set(parts.flat())].sort()
    const of = (variant: string) => parametersOf(profile(stack, variant))
    expect(of("linting-none-none-none")).toEqual(union(build))
    expect(of("none-unit-tests-none-none")).toEqual(union(build, reference["unit-tests"]))
    expect(of("none-none-sonarqube-none")).toEqual(union(build, reference.sonarqube))
    expect(of("none-none-trivy-none")).toEqual(union(build, reference.trivy))
    expect(of("none-none-all-none")).toEqual(union(build, reference.sonarqube, reference.trivy))
    for (const publish of ["build-image", "push-acr", "scan-image"] as const) {
      expect(of(`none-none-none-${publish}`)).toEqual(union(build, reference[publish]))
    }
    const all = union(build, reference["build-image"], reference["push-acr"], reference["scan-image"])
    expect(of("none-none-none-all")).toEqual(all)
    expect(of("linting-unit-tests-all-all")).toEqual(
      union(all, reference["unit-tests"], reference.sonarqube, reference.trivy),
    )
  })

  it("that only make an image still begin with their own stack's build", () => {
    const { text } =
      profiles.find(({ file }) => file === profile("dotnet", "none-none-none-build-image")) ?? {}
    expect([...(text ?? "").matchAll(/template: (.*)/g)].map(([, path]) => path)).toEqual([
      "/.azure-pipelines/templates/dotnet/build.yaml",
      "/.azure-pipelines/templates/dotnet/publish.yaml",
    ])
  })
})

describe("an expanded profile", () => {
  it.each(["dotnet", "functions-node", "react", "terraform"])(
    "of %s runs its steps in this order",
    (stack) => {
      const last = stack === "terraform" ? "plan" : "all"
      const found = plan(repository).profiles.find(
        ({ file }) => file === profile(stack, `linting-unit-tests-all-${last}`),
      )
      if (!found) throw new Error(`no profile of ${stack}`)
      const { jobs } = expandProfile(repository, found)
      const [job] = jobs as { steps: Record<string, string>[] }[]
      expect(job?.steps.map((step) => step.displayName ?? `checkout ${step.checkout}`)).toMatchSnapshot()
    },
  )
})

describe("the generator", () => {
  let copy: Copy
  beforeEach(() => {
    copy = copyPipelines()
  })
  afterEach(() => copy.close())
  const differences = () => compare(copy.root, plan(copy.root))
  const regenerate = () => {
    const planned = plan(copy.root)
    apply(copy.root, planned, compare(copy.root, planned))
  }

  it("finds profiles that are changed, missing or obsolete, and mends them", () => {
    const [changed, missing, obsolete] = [
      profile("functions-node", "none-none-none-none"),
      profile("functions-node", "linting-none-none-none"),
      profile("functions-node", "none-none-snyk-none"),
    ] as const
    copy.write(changed, `${copy.read(changed)}# by hand\n`)
    rmSync(join(copy.root, missing))
    copy.write(obsolete, "jobs: []\n")
    expect(differences()).toEqual([
      { file: missing, kind: "new" },
      { file: changed, kind: "changed" },
      { file: obsolete, kind: "obsolete" },
    ])
    regenerate()
    expect(differences()).toEqual([])
  })

  it("follows a template's parameter block", () => {
    copy.replace(template("functions-node/sca"), "default: HIGH,CRITICAL", "default: CRITICAL")
    // There are 96 profiles; 48 of them scan with Trivy, and 16 of the others scan the image, which shares the parameter.
    expect(() => differences()).toThrow(
      /parameter "trivySeverity" differs from the one in .*functions-node\/sca.yaml:\d+/,
    )
    copy.replace(template("functions-node/publish"), "default: HIGH,CRITICAL", "default: CRITICAL")
    const found = differences()
    expect(found.filter(({ file }) => file.includes("/profiles/"))).toHaveLength(64)
    expect(found.filter(({ kind }) => kind !== "changed")).toEqual([])
  })

  it("writes nothing that the language service or the expander refuses", async () => {
    const planned = plan(copy.root)
    const [pipeline] = planned.pipelines
    const [profile] = planned.profiles
    if (!pipeline || !profile) throw new Error("nothing is planned")
    const misspelled = { ...pipeline, text: pipeline.text.replace("trigger:", "triger:") }
    await expect(validate(copy.root, { ...planned, profiles: [], pipelines: [misspelled] })).rejects.toThrow(
      /basket\.yaml:\d+: Unexpected property triger/,
    )
    const incomplete = { ...profile, text: profile.text.replace("vmImage: $", "vmImages: $") }
    await expect(validate(copy.root, { ...planned, profiles: [incomplete], pipelines: [] })).rejects.toThrow(
      /build\.yaml has no parameter "vmImages"/,
    )
  })

  it("writes the profiles of all other stacks where that is wanted, and commits those of a stack that comes", () => {
    const writeAll = () => {
      const planned = plan(copy.root, { all: true })
      const found = compare(copy.root, planned)
      apply(copy.root, planned, found)
      expect(compare(copy.root, plan(copy.root, { all: true }))).toEqual([])
      return found
    }
    const written = writeAll()
    expect(
      written.filter(({ file, kind }) => kind === "new" && file.startsWith("dist/profiles/")),
    ).toHaveLength(160)
    expect(written).toHaveLength(160)
    expect(differences()).toEqual([])

    copy.replace(environments, "stacks: [", "stacks: [react, ")
    const moved = writeAll()
    expect(moved.filter(({ kind }) => kind === "new")).toHaveLength(80)
    expect(moved.filter(({ kind }) => kind === "obsolete")).toHaveLength(80)
    expect(
      existsSync(join(copy.root, ".azure-pipelines", profile("react", "none-none-none-none").slice(5))),
    ).toBe(true)
  })

  it("takes in an app, and lets go of it", () => {
    copy.write("functions/returns/package.json", '{ "name": "@eshop/returns", "version": "0.1.0" }')
    const file = ".azure-pipelines/pipelines/returns.yaml"
    const promotion = { file: ".azure-pipelines/pipelines/promotion.yaml", kind: "changed" }
    expect(differences()).toEqual([{ file, kind: "new" }, promotion])
    regenerate()
    expect(copy.read(file)).toContain("application: returns\n")
    rmSync(join(copy.root, "functions/returns"), { recursive: true })
    expect(differences()).toEqual([promotion, { file, kind: "obsolete" }])
  })

  it.each([
    [
      "a template that is no task",
      () => copy.write(template("react/lint"), "steps: []\n"),
      `${template("react/lint")}:1: unknown template`,
    ],
    [
      "a parameter that no template declares",
      () => copy.replace(template("react/linting"), "parameters.applicationFolder", "parameters.folder"),
      /react\/linting.yaml:\d+: unknown parameter "folder"/,
    ],
    [
      "a parameter that is never used",
      () =>
        copy.replace(template("react/linting"), "steps:\n", "  - name: unused\n    type: string\nsteps:\n"),
      /react\/linting.yaml:\d+: parameter "unused" is declared and never used/,
    ],
    [
      "a parameter without a description",
      () =>
        copy.replace(
          template("react/linting"),
          "    displayName: Folder of the application, from the root\n",
          "",
        ),
      /react\/linting.yaml:\d+: parameter "applicationFolder" has no displayName/,
    ],
    [
      "an unknown stack",
      () => copy.replace(environments, "stacks: [", "stacks: [rect, "),
      /environments.yaml:\d+: no such stack: rect; there are dotnet, functions-node, react, terraform/,
    ],
    [
      "a default for an unknown parameter",
      () => copy.replace(environments, "  sonarQubeServiceConnection:", "  registry:"),
      /environments.yaml:\d+: no template has a parameter "registry"/,
    ],
    [
      "an unknown setting",
      () => copy.replace(environments, "hosting:", "host:"),
      /environments.yaml:\d+: unknown setting "host"/,
    ],
    [
      "an unknown kind of hosting",
      () => copy.replace(environments, "hosting: flex", "hosting: vm"),
      /environments.yaml:\d+: "hosting" must be one of aks, flex/,
    ],
    [
      "an environment without an overlay",
      () => copy.replace(environments, "    overlay: dev\n", ""),
      /environments.yaml:\d+: "overlay" of an environment is missing/,
    ],
    [
      "an unknown app",
      () => copy.replace(environments, "  catalog:\n", "  katalog:\n"),
      /environments.yaml:\d+: no such app: katalog/,
    ],
    [
      "an app's unknown parameter",
      () => copy.replace(environments, "codeCoverageThreshold:", "coverage:"),
      /environments.yaml:\d+: no profile has a parameter "coverage"/,
    ],
  ])("names file and line of %s", (_, plant, message) => {
    plant()
    expect(() => plan(copy.root)).toThrow(message)
  })
})
