// Prints the functions that an app registers with the Functions host, as JSON. The app's entry point runs as it is,
// with the environment as its app settings, on a host that takes the registrations and calls nothing.
//   node tools/kubernetes/list-functions.ts <entry point of the app>
import { registerHooks } from "node:module"
import { pathToFileURL } from "node:url"

interface Binding {
  type: string
  topicName?: string
  subscriptionName?: string
  queueName?: string
  route?: string
}

const [entryPoint] = process.argv.slice(2)
if (!entryPoint) throw new Error("usage: node tools/kubernetes/list-functions.ts <entry point>")

const registered: { name: string; bindings: Binding[] }[] = []
const virtual = "virtual:functions-core"
class Disposable {
  dispose() {}
}
Object.assign(globalThis, {
  functionsCore: {
    version: "0.0.0",
    hostVersion: "4.0.0",
    Disposable,
    registerFunction(metadata: { name: string; bindings: Record<string, Binding> }) {
      registered.push({ name: metadata.name, bindings: Object.values(metadata.bindings) })
      return new Disposable()
    },
    registerHook: () => new Disposable(),
    setProgrammingModel() {},
    getProgrammingModel() {},
    log() {},
  },
})
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "@azure/functions-core" ? { url: virtual, shortCircuit: true } : next(specifier, context),
  load: (url, context, next) =>
    url === virtual
      ? { format: "commonjs", source: "module.exports = globalThis.functionsCore", shortCircuit: true }
      : next(url, context),
})

try {
  await import(pathToFileURL(entryPoint).href)
  process.stdout.write(JSON.stringify(registered), () => process.exit(0))
} catch (error) {
  process.stderr.write((error as Error).message, () => process.exit(1))
}
