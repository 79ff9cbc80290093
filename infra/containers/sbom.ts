// `npm run containers:sbom`: writes dist/<app>/sbom.cdx.json (CycloneDX) with the packages that each bundle is made of.
import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { appFolder, apps, root } from "../../tools/apps.ts"
import { run } from "../../tools/kubernetes/programs.ts"

for (const app of apps) {
  const out = join(root, "dist", app)
  if (!existsSync(out)) throw new Error(`dist/${app} is missing: npm run build`)
  const args = [
    "sbom",
    "--sbom-format=cyclonedx",
    "--sbom-type=application",
    "--omit=dev",
    "--workspace",
    appFolder(app),
  ]
  const text = run("npm", args, {}, root)
  writeFileSync(join(out, "sbom.cdx.json"), text)
  console.log(`dist/${app}/sbom.cdx.json: ${JSON.parse(text).components.length} packages`)
}
