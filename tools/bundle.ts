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
  // Of `applicationinsights` all but three functions are what its earlier versions could do, with all of their libraries.
  [/[\\/]applicationinsights[\\/]out[\\/]src[\\/]index\.js$/, 'module.exports = require("./main")'],
  // Of what those load: instrumentations, which hook into modules and are off, and what a configuration file or the
  // environment could ask OpenTelemetry's SDK for besides.
  [/[\\/]@opentelemetry[\\/]instrumentation-\w+[\\/]build[\\/].*[\\/]index\.js$/, "module.exports = {}"],
  [
    /[\\/]monitor-opentelemetry[\\/].*[\\/]azureSdkInstrumentation\.js$/,
    "exports.AzureSdkInstrumentation = undefined",
  ],
  [
    /[\\/]monitor-opentelemetry[\\/].*[\\/]azureSdkTracingBridge\.js$/,
    "exports.ensureAzureSdkTracingBridge = undefined",
  ],
  [
    /[\\/]@opentelemetry[\\/](configuration|exporter-\w+-otlp-(grpc|proto)|otlp-grpc-exporter-base|exporter-zipkin)[\\/]build[\\/]src[\\/]index\.js$/,
    "module.exports = {}",
  ],
]

const leaner: Plugin = {
  name: "leaner",
  setup({ onLoad }) {
    for (const [filter, contents] of replacements)
      onLoad({ filter }, ({ path }) => ({ contents, resolveDir: dirname(path) }))
  },
}

/** `@azure/identity` → `azure-identity.cjs`, `./azure-monitor.ts` → `azure-monitor.cjs`. */
const chunkOf = (name: string): string => `${name.replace(/^\.\/|\.ts$|@/g, "").replaceAll("/", "-")}.cjs`

/**
 * What our code imports when it needs it, a package or a file beside it, stays a file of its own: notes it, with the
 * folder to find it from.
 */
const chunks = (imported: Map<string, string>): Plugin => ({
  name: "chunks",
  setup({ onResolve }) {
    onResolve({ filter: /^(@?[a-z]|\.\/)/ }, ({ kind, path, importer, resolveDir }) => {
      const isChunk = !importer.includes("node_modules") && !/^(node:|@eshop\/)/.test(path)
      if (kind !== "dynamic-import" || !isChunk) return undefined
      imported.set(path, resolveDir)
      return { path: `./${chunkOf(path)}`, external: true }
    })
  },
})

/**
 * Bundles a program with everything it imports; what it imports when it needs it comes beside it.
 * @returns esbuild's account of what is in the program's own file, and in each of the others
 */
export async function bundle(entryPoint: string, outfile: string): Promise<Metafile[]> {
  const imported = new Map<string, string>()
  const { metafile } = await build({
    ...options,
    entryPoints: [entryPoint],
    outfile,
    metafile: true,
    plugins: [leaner, chunks(imported)],
  })
  const others = await Promise.all(
    [...imported].map(([name, resolveDir]) =>
      build({
        ...options,
        stdin: { contents: `export * from "${name}"`, resolveDir },
        outfile: join(dirname(outfile), chunkOf(name)),
        metafile: true,
        plugins: [leaner],
      }),
    ),
  )
  return [metafile, ...others.map((other) => other.metafile)]
}
