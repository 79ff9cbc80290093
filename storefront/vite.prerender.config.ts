import { fileURLToPath } from "node:url"
import { defineConfig } from "vite"

// The pages for Node, where they are prerendered: one file that needs no packages beside it.
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  logLevel: "error",
  ssr: { noExternal: true },
  build: {
    ssr: "src/prerender/entry.ts",
    target: "node24",
    emptyOutDir: true,
    copyPublicDir: false,
    rolldownOptions: { output: { codeSplitting: false, entryFileNames: "[name].mjs" } },
  },
})
