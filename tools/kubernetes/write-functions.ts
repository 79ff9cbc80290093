// `npm run gitops:functions`: writes what each app registers into infra/gitops/apps/base/<app>/functions.yaml.
import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import {
  functionsFile,
  functionsText,
  functionValues,
  registeredFunctions,
  startSettings,
} from "./app-functions.ts"
import { checkCluster } from "./gitops-check.ts"
import { apps } from "./helm.ts"

const repository = fileURLToPath(new URL("../../", import.meta.url))
const { settings } = checkCluster(repository, "dev")
for (const app of apps) {
  if (!existsSync(join(repository, "functions", app, "src/main.ts"))) {
    console.log(`${app}: no entry point yet, left as it is`)
    continue
  }
  const values = functionValues(
    registeredFunctions(repository, app, startSettings(settings.get(app) ?? { config: {}, secrets: [] })),
  )
  writeFileSync(join(repository, functionsFile(app)), functionsText(values))
  const { http, worker } = values.functions
  console.log(`${app}: ${http.length} HTTP functions, ${worker.length} others`)
}
