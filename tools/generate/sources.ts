import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import type { App } from "@eshop/building-blocks/app/app"
import { apps } from "../apps.ts"
import { readContracts } from "./contracts.ts"
import type { Sources } from "./generated-files.ts"

/** An app's table of contents: functions/catalog/src/app.ts exports it as `catalog`. */
export async function readApp(repository: string, name: string): Promise<App> {
  const file = `functions/${name}/src/app.ts`
  const module = (await import(pathToFileURL(join(repository, file)).href)) as Record<string, App>
  const app = module[name]
  if (app?.name !== name) throw new Error(`${file} does not export the app ${name}`)
  return app
}

/** Reads what the generated files are made of; opens nothing but files. */
export async function readSources(repository: string): Promise<Sources> {
  const gateway = JSON.parse(readFileSync(join(repository, "infra/gateway/gateway.json"), "utf8"))
  const pages = apps.flatMap((app): [string, string][] => {
    const page = join(repository, `docs/contexts/${app}.md`)
    return existsSync(page) ? [[app, readFileSync(page, "utf8")]] : []
  })
  return {
    apps: await Promise.all(apps.map((app) => readApp(repository, app))),
    contracts: await readContracts(repository),
    gateway,
    pages: new Map(pages),
  }
}
