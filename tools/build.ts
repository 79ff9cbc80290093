// `npm run build [app…]`: one deployable folder per Function App in dist/. Ready for
// `func start --script-root dist/<app>`, a zip deployment or the Functions container.
import { join } from "node:path"
import { apps, root } from "./apps.ts"
import { buildApp } from "./build-app.ts"

if (process.argv.includes("--help")) {
  console.log(`npm run build -- [app…]
  one deployable folder per app in dist/; all of ${apps.join(", ")} where none is named`)
  process.exit()
}
const wanted = process.argv.length > 2 ? process.argv.slice(2) : [...apps]
const unknown = wanted.filter((app) => !(apps as readonly string[]).includes(app))
if (unknown.length > 0) throw new Error(`no such app: ${unknown.join(", ")}; there are ${apps.join(", ")}`)
await Promise.all(
  wanted.map(async (app) => {
    const started = Date.now()
    const size = await buildApp(app, join(root, "dist", app))
    console.log(`dist/${app.padEnd(10)} ${Math.round(size / 1024)} KiB  ${Date.now() - started} ms`)
  }),
)
