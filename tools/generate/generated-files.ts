import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { App } from "@eshop/building-blocks/app/app"
import { contextPage } from "./context-tables.ts"
import type { Contracts } from "./contracts.ts"
import { entities } from "./entities.ts"
import { functionsValues } from "./functions-values.ts"
import { gatewayFiles } from "./gateways/files.ts"
import type { Gateway } from "./gateways/gateway.ts"
import { openApi } from "./openapi.ts"
import { publishedRoutes } from "./route-table.ts"

/** All that the generated files are made of. */
export type Sources = {
  readonly apps: readonly App[]
  readonly contracts: Contracts
  /** infra/gateway/gateway.json. */
  readonly gateway: Gateway
  /** The pages of docs/contexts by app. */
  readonly pages: ReadonlyMap<string, string>
}

/** The API of the whole shop, as clients have it. */
export const wholeApi = "infra/gateway/openapi.json"

/** The generated files' texts by their path in the repository. */
export type GeneratedFiles = ReadonlyMap<string, string>

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`

const title = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)

/** What others must know of the apps, derived from the apps. @throws Error that names what cannot be derived */
export function generateFiles({ apps, contracts, gateway, pages }: Sources): GeneratedFiles {
  const prefixes = new Map(gateway.services.map(({ name, prefix }) => [name, prefix]))
  const mounts = apps.map((app) => {
    const prefix = prefixes.get(app.name)
    if (prefix === undefined) throw new Error(`infra/gateway/gateway.json has no service ${app.name}`)
    return { app, prefix }
  })
  const ofApp = (app: App): [string, string][] => {
    const page = `docs/contexts/${app.name}.md`
    const text = pages.get(app.name)
    if (text === undefined) throw new Error(`${page} is missing`)
    return [
      [`functions/${app.name}/openapi.json`, json(openApi(title(app.name), [{ app, prefix: "" }]))],
      [`infra/gitops/apps/base/${app.name}/functions.yaml`, functionsValues(app)],
      [page, contextPage({ path: page, text }, app, { apps, contracts })],
    ]
  }
  const document = openApi("eShop", mounts)
  return new Map([
    ...apps.flatMap(ofApp),
    [wholeApi, json(document)],
    ...gatewayFiles(publishedRoutes(apps), gateway, document),
    ["infra/service-bus/entities.json", json(entities(apps, contracts))],
  ])
}

const read = (repository: string, path: string): string | undefined =>
  existsSync(join(repository, path)) ? readFileSync(join(repository, path), "utf8") : undefined

/** The paths of the files that the repository has otherwise, or not at all. */
export const staleFiles = (repository: string, files: GeneratedFiles): string[] =>
  [...files].filter(([path, text]) => read(repository, path) !== text).map(([path]) => path)

export function writeFiles(repository: string, files: GeneratedFiles, paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(repository, path)), { recursive: true })
    writeFileSync(join(repository, path), files.get(path) as string)
  }
}
