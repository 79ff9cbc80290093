// What the pipelines name outside of their folder is there.
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { parse } from "yaml"
import { root } from "../apps.ts"
import { readEnvironments } from "./environments.ts"
import { expandFile } from "./expand.ts"
import { expandApplication } from "./run.ts"
import { findApps, pullRequestFilter } from "./workspace-graph.ts"

const { environments } = readEnvironments(root)
const read = (file: string) => readFileSync(join(root, file), "utf8")

describe("the pipelines", () => {
  const overlays = environments.flatMap(({ overlay }) =>
    findApps(root).map((app) => `infra/gitops/apps/overlays/${overlay}/${app}/values.yaml`),
  )
  it.each(overlays)("find one tag to write in %s", (file) => {
    expect(read(file).match(/^ {2}tag: \S+/gm)).toHaveLength(1)
  })

  it.each(environments.map(({ terraform }) => terraform))("find Terraform's files of %s", (name) => {
    for (const ending of ["tfvars", "backend.hcl"]) {
      expect(existsSync(join(root, `infra/terraform/env/${name}.${ending}`))).toBe(true)
    }
  })

  it.each(findApps(root))("give the Dockerfile the arguments that it has: %s", (app) => {
    const text = JSON.stringify(expandApplication(root, app, new Map([["hosting", "aks"]]), "IndividualCI"))
    const given = /"BUILD_ARGS":"([^"]*)"/.exec(text)?.[1]?.split("\\n").filter(Boolean) ?? []
    const dockerfile = read("infra/containers/Dockerfile")
    expect(given.map((argument) => argument.split("=")[0])).toEqual(["APP", "VERSION", "REVISION"])
    for (const argument of given)
      expect(dockerfile).toMatch(new RegExp(`^ARG ${argument.split("=")[0]}\\b`, "m"))
  })

  it("check what no app's pipeline does, on every pull request, by commands that there are", () => {
    const file = ".azure-pipelines/pipelines/checks.yaml"
    expect(parse(read(file)).pr).toEqual({ branches: { include: ["main"] } })
    const commands = [...JSON.stringify(expandFile(root, file)).matchAll(/"COMMAND":"([^"]*)"/g)].map(
      ([, command = ""]) => command.split(" && "),
    )
    const { scripts } = JSON.parse(read("package.json"))
    const ofChecks = Object.keys(scripts).filter((name) => name === "check" || name.endsWith(":check"))
    expect(commands).toEqual([
      ofChecks.map((name) => `npm run ${name}`),
      ["npm run audit -- --advisories"],
      ["npm test -- infra local tests tools"],
      // Beside SQL Server.
      ["npm test -- packages/building-blocks/src/store functions/ordering/src/adapters"],
    ])
  })

  it.each(findApps(root))("filter by paths that exist: %s", (app) => {
    const { include } = pullRequestFilter(root, app)
    // Not every app has tests outside its folder yet.
    const absent = include.filter((path) => path !== `tests/${app}` && !existsSync(join(root, path)))
    expect(absent).toEqual([])
  })
})
