import { globSync } from "node:fs"
import { build, type Plugin } from "esbuild"
import { describe, expect, it } from "vitest"
import { apps, root } from "../apps.ts"
import {
  findApps,
  foldersOf,
  matches,
  pathFilter,
  pullRequestFilter,
  testFolders,
} from "./workspace-graph.ts"

const packagesOutside: Plugin = {
  name: "leaves packages outside",
  setup: ({ onResolve }) =>
    onResolve({ filter: /^[^./]/ }, ({ kind, path }) =>
      kind === "entry-point" || path.startsWith("@eshop/") ? undefined : { path, external: true },
    ),
}

/** The files of this repository that programs are made of. */
async function sourcesOf(entryPoints: string[]): Promise<string[]> {
  const { metafile } = await build({
    entryPoints,
    absWorkingDir: root,
    bundle: true,
    write: false,
    outdir: "dist",
    metafile: true,
    platform: "node",
    format: "esm",
    plugins: [packagesOutside],
    logLevel: "silent",
  })
  return Object.keys(metafile.inputs)
}

describe("path filters", () => {
  it("know the apps that the build knows", () => {
    expect(findApps(root)).toEqual([...apps].sort())
  })

  it.each(apps)(
    "of %s let through every file of its bundle and of the build, none of another app",
    async (app) => {
      const filter = pathFilter(root, app)
      const programs = [
        `functions/${app}/src/main.ts`,
        "infra/containers/migrate.ts",
        "tools/build.ts",
        "tools/run.mjs",
      ]
      const own = await sourcesOf(programs)
      expect(own).toContain(`functions/${app}/src/main.ts`)
      expect(own.filter((file) => !matches(filter, file))).toEqual([])
      const others = apps.filter((other) => other !== app)
      expect(others.filter((other) => matches(filter, `functions/${other}/src/main.ts`))).toEqual([])
    },
  )

  it.each(apps)("of %s let through every file of its tests in a pull request", async (app) => {
    const filter = pullRequestFilter(root, app)
    const tests = testFolders(root, app).flatMap((folder) =>
      globSync(`${folder}/**/*.{unit,int,contract}.test.ts`, { cwd: root }),
    )
    const own = await sourcesOf(tests)
    expect(own).toContain("local/cloud/src/cloud.ts")
    expect(own.filter((file) => !matches(filter, file))).toEqual([])
  })

  it("follow a package at any depth", () => {
    expect(foldersOf(root, "catalog")).toEqual([
      "functions/catalog",
      "packages/building-blocks",
      "packages/domain",
    ])
    expect(() => foldersOf(root, "nobody")).toThrow("no such app: nobody")
  })

  it.each([
    ["packages/domain/src/money.ts", true],
    ["package-lock.json", true],
    ["host.json", true],
    ["infra/containers/Dockerfile", true],
    [".azure-pipelines/steps/trivy.yaml", true],
    ["functions/catalog/README.md", false],
    ["functions/catalogue/main.ts", false],
    ["local/functions-host/src/contract.ts", false],
    ["infra/gitops/apps/overlays/dev/catalog/values.yaml", false],
    ["infra/terraform/main.tf", false],
    ["docs/pipelines.md", false],
  ])("of catalog: %s → %s", (file, expected) => {
    expect(matches(pathFilter(root, "catalog"), file)).toBe(expected)
  })

  it.each(["local/functions-host/src/contract.ts", "tests/fixtures/calls.ts", "vitest.config.ts"])(
    "start every app's tests in a pull request: %s",
    (file) => {
      expect(apps.filter((app) => matches(pullRequestFilter(root, app), file))).toEqual(apps)
    },
  )
})
