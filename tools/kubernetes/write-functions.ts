// `npm run gitops:functions`: writes what each app registers into infra/gitops/apps/base/<app>/functions.yaml.
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { apps, root } from "../apps.ts"
import {
  functionsFile,
  functionsText,
  functionValues,
  registeredFunctions,
  startSettings,
} from "./app-functions.ts"
import { checkCluster } from "./gitops-check.ts"

const { settings } = checkCluster(root, "dev")
for (const app of apps) {
  const own = settings.get(app)
  if (!own) throw new Error(`the dev cluster has no release ${app}`)
  const values = functionValues(registeredFunctions(root, app, startSettings(own)))
  writeFileSync(join(root, functionsFile(app)), functionsText(values))
  const { http, worker } = values.functions
  console.log(`${app}: ${http.length} HTTP functions, ${worker.length} others`)
}
