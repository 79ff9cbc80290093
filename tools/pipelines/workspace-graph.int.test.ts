import { join } from "node:path"
import { build } from "esbuild"
import { describe, expect, it } from "vitest"
import { apps, root } from "../apps.ts"
import { findApps, foldersOf, matches, pathFilter } from "./workspace-graph.ts"

describe("path filters", () => {
  it("know the apps that the build knows", () => {
    expect(findApps(root)).toEqual([...apps].sort())
  })

  it.each(apps)("of %s let through every file of its bundle and none of another app", async (app) => {
    const { metafile } = await build({
      entryPoints: [join(root, "functions", app, "src/main.ts")],
      absWorkingDir: root,
      bundle: true,
      write: false,
      metafile: true,
      platform: "node",
      format: "cjs",
      external: ["@azure/functions-core", "pg-native"],
      logLevel: "silent",
    })
    const filter = pathFilter(root, app)
    const own = Object.keys(metafile.inputs).filter((file) => !file.includes("node_modules/"))
    expect(own).toContain(`functions/${app}/src/main.ts`)
    expect(own.filter((file) => !matches(filter, file))).toEqual([])
    const others = apps.filter((other) => other !== app)
    expect(others.filter((other) => matches(filter, `functions/${other}/src/main.ts`))).toEqual([])
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
})
