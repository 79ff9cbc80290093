import { dirname, join } from "node:path"
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild"
import { root } from "./apps.ts"

const options = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  // Stack traces and logs show the names of functions and classes.
  keepNames: true,
  sourcemap: "linked",
  sourcesContent: false,
  platform: "node",
  target: "node22",
  // CommonJS: most of the libraries are, and the Functions worker supplies this one module through require().
  format: "cjs",
  external: ["@azure/functions-core", "pg-native"],
  // Its modules, so that the client for administration and its XML stay out.
  alias: { "@azure/service-bus": "@azure/service-bus/dist-esm/src/index.js" },
  logLevel: "warning",
} satisfies BuildOptions

/** Modules whose greater part nothing here uses, by the end of their path, with what stays of them. */
const replacements: readonly (readonly [path: RegExp, contents: string])[] = [
  // Of its hundred checks durable-functions calls one (a test looks).
  [/[\\/]validator[\\/]index\.js$/, 'exports.isURL = require("./lib/isURL").default'],
  // The types of files in a form: its client sends JSON.
  [/[\\/]mime-db[\\/]index\.js$/, "module.exports = {}"],
]

const leaner: Plugin = {
  name: "leaner",
  setup({ onLoad }) {
    for (const [filter, contents] of replacements)
      onLoad({ filter }, ({ path }) => ({ contents, resolveDir: dirname(path) }))
  },
}

/** `@azure/identity` → `azure-identity.cjs`. */
const chunkOf = (name: string): string => `${name.replace("@", "").replaceAll("/", "-")}.cjs`

/** A package that our code imports when it needs it stays a file of its own: notes it, with the folder to find it from. */
const chunks = (packages: Map<string, string>): Plugin => ({
  name: "chunks",
  setup({ onResolve }) {
    onResolve({ filter: /^@?[a-z]/ }, ({ kind, path, importer, resolveDir }) => {
      const isChunk = !importer.includes("node_modules") && !/^(node:|@eshop\/)/.test(path)
      if (kind !== "dynamic-import" || !isChunk) return undefined
      packages.set(path, resolveDir)
      return { path: `./${chunkOf(path)}`, external: true }
    })
  },
})

/**
 * Bundles a program with everything it imports; the packages that it imports when it needs them come beside it.
 * @returns esbuild's account of what is in the program's own file
 */
export async function bundle(entryPoint: string, outfile: string): Promise<Metafile> {
  const packages = new Map<string, string>()
  const { metafile } = await build({
    ...options,
    entryPoints: [entryPoint],
    outfile,
    metafile: true,
    plugins: [leaner, chunks(packages)],
  })
  await Promise.all(
    [...packages].map(([name, resolveDir]) =>
      build({
        ...options,
        stdin: { contents: `export * from "${name}"`, resolveDir },
        outfile: join(dirname(outfile), chunkOf(name)),
      }),
    ),
  )
  return metafile
}
