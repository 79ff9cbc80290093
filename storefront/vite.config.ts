import { fileURLToPath } from "node:url"
import { defineConfig, type Plugin } from "vite"

const gateway = process.env.GATEWAY_URL ?? "http://localhost:8080"
const proxied = [
  ...["/catalog", "/basket", "/discount", "/ordering", "/storefront.json"],
  ...["/console/telemetry/", "/console/faults/api/"],
]

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The staff's page for all their addresses, as the gateway serves it. */
const staffPages: Plugin = {
  name: "staff-pages",
  configureServer({ middlewares }) {
    middlewares.use((request, _response, next) => {
      const isPage = request.headers.accept?.includes("text/html")
      if (isPage && /^\/(back-office|console)(\/|\?|$)/.test(request.url ?? "")) request.url = "/staff.html"
      next()
    })
  },
}

export default defineConfig(({ command }) => ({
  root: file("."),
  // The libraries' "use client" makes a page of warnings.
  logLevel: command === "build" ? "error" : "info",
  build: {
    target: "es2023",
    emptyOutDir: true,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: [file("index.html"), file("staff.html")] },
  },
  plugins: [staffPages],
  server: {
    port: 5173,
    strictPort: true,
    proxy: Object.fromEntries(proxied.map((path) => [path, { target: gateway, changeOrigin: false }])),
  },
}))
