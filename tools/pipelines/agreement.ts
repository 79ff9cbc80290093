// What the pipelines name of Terraform's and Flux's is what those name themselves.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { environmentsFile, readEnvironments } from "./environments.ts"
import { PipelineError } from "./source.ts"
import type { Value } from "./value.ts"
import { findApps } from "./workspace-graph.ts"

const release = "infra/gitops/apps/base/app/values.yaml"
const shortNames: Readonly<Record<string, string>> = { dev: "dev", staging: "stg", prod: "prd" }

/** The one text that a pattern finds in a file. */
function read(root: string, file: string, pattern: RegExp): string {
  const found = pattern.exec(readFileSync(join(root, file), "utf8"))?.[1]
  if (found === undefined) throw new PipelineError(`${file}:1: has nothing like ${pattern.source}`)
  return found
}

/** Where environments.yaml names something otherwise than the variables that Terraform makes it from. */
export function terraformProblems(root: string): string[] {
  const { environments, hosting } = readEnvironments(root)
  return environments.flatMap((environment) => {
    const { name, terraform = "" } = environment
    const file = `infra/terraform/env/${terraform}.tfvars`
    const variable = (key: string) => read(root, file, new RegExp(`^${key}\\s*=\\s*"([^"]*)"`, "m"))
    const group = `rg-eshop-${terraform}`
    const own = `${shortNames[terraform]}${variable("suffix")}`
    const registries = `${group}/providers/Microsoft.ContainerRegistry/registries`
    const made = {
      resourceGroup: group,
      appNamePrefix: `func-eshop-${shortNames[terraform]}-${variable("suffix")}-`,
      pagesAccount: `steshop${own}pages`,
      storefrontUrl: variable("storefront_url"),
      registry: `/subscriptions/${variable("subscription_id")}/resourceGroups/${registries}/creshop${own}`,
    }
    const elsewhere =
      variable("hosting") === hosting
        ? []
        : [`${environmentsFile}: hosting is "${hosting}", by ${file} "${variable("hosting")}"`]
    const misnamed = Object.entries(made)
      .filter(([key, value]) => environment[key] !== value)
      .map(
        ([key, value]) =>
          `${environmentsFile}: ${key} of ${name} is "${environment[key]}", by ${file} "${value}"`,
      )
    return [...elsewhere, ...misnamed]
  })
}

/** The images that the steps below a value build, scan, push or copy, without their tags. */
function imagesIn(value: Value): string[] {
  if (Array.isArray(value)) return value.flatMap(imagesIn)
  if (value === null || typeof value !== "object") return []
  const { IMAGE } = (value.env ?? {}) as { IMAGE?: string }
  return [
    ...(IMAGE ? [IMAGE.slice(0, IMAGE.lastIndexOf(":"))] : []),
    ...Object.values(value).flatMap(imagesIn),
  ]
}

/** The images of an expanded pipeline that no release in git pulls. */
export function imageProblems(root: string, document: Value): string[] {
  const repository = read(root, release, /^ {2}repository: \$\{registry\}\/(.*)$/m)
  const pulled = findApps(root).map((app) => repository.replace(`\${app}`, app))
  return [...new Set(imagesIn(document))]
    .filter((image) => !pulled.includes(image) && image !== "charts/function-app")
    .map((image) => `image ${image} is pulled by nobody; ${release} has ${pulled.join(", ")}`)
}
