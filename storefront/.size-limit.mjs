// What a browser loads before the home page works: the script of index.html and those that it imports at once.
import { readFileSync } from "node:fs"

const page = readFileSync(new URL("dist/index.html", import.meta.url), "utf8")
const scripts = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, path]) => `dist/${path}`)

export default [{ name: "first load of the shop", path: scripts, gzip: true, limit: "150 KiB" }]
