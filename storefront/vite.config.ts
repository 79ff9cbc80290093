import { fileURLToPath } from "node:url"
import { defineConfig } from "vite"

const gateway = process.env.GATEWAY_URL ?? "http://localhost:8080"
const proxied = ["/catalog", "/basket", "/ordering", "/storefront.json"]

export default defineConfig(({ command }) => ({
  root: fileURLToPath(new URL(".", import.meta.url)),
  // The libraries' "use client" makes a page of warnings.
  logLevel: command === "build" ? "error" : "info",
  build: {
    target: "es2023",
    emptyOutDir: true,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
  },
  server: {
    port: 5173,
    strictPort: true,
    proxy: Object.fromEntries(proxied.map((path) => [path, { target: gateway, changeOrigin: false }])),
  },
}))
