/** From what the app registered to what the host serves: bindings resolved, broken and disabled functions set apart. */
import type { Binding, HostExtension, HostJson, RegisteredFunction, Settings } from "./contract.ts"
import { isTrue } from "./settings.ts"
import type { FunctionMetadata } from "./worker/protocol.ts"

export type FunctionEntry = {
  metadata: FunctionMetadata
  bindings: Binding[]
  disabled: boolean
  /** Why the function cannot run. */
  error?: string
  /** Set when the function can run. */
  registered?: RegisteredFunction
}

/** The text under which a broken function shows, as the real host words it. */
export function errorText(entry: FunctionEntry): string {
  return `The '${entry.metadata.name}' function is in error: ${entry.error}`
}

/** Binding types that the host itself serves. */
const ownBindingTypes = ["httptrigger", "http"]

/** What the host and its own extensions serve, for a person. */
const families = "HTTP, timers, Service Bus and Durable Functions"

/**
 * Resolves settings in bindings and sorts out what cannot run: a binding type that nobody serves, a missing setting, a
 * bad name, what an extension finds wrong with its bindings.
 */
export function buildFunctions(
  functions: readonly FunctionMetadata[],
  extensions: readonly HostExtension[],
  settings: Settings,
  hostJson: HostJson,
): FunctionEntry[] {
  const filter = Array.isArray(hostJson.functions)
    ? new Set(hostJson.functions.map((name) => String(name).toLowerCase()))
    : undefined
  const names = new Set<string>()
  const bindingTypes = new Set([...ownBindingTypes, ...extensions.flatMap((each) => each.bindingTypes)])
  return functions
    .filter((metadata) => !filter || filter.has(metadata.name.toLowerCase()))
    .map((metadata) => {
      const entry: FunctionEntry = {
        metadata,
        bindings: metadata.rawBindings.map((text) => JSON.parse(text) as Binding),
        disabled: isDisabled(metadata.name, settings),
      }
      try {
        if (names.has(metadata.name.toLowerCase())) {
          throw new Error(`The function name '${metadata.name}' is used twice.`)
        }
        names.add(metadata.name.toLowerCase())
        const fn = register(entry, bindingTypes, settings)
        if (!entry.disabled) for (const extension of extensions) extension.check?.(fn, settings)
        entry.registered = fn
      } catch (error) {
        entry.error = (error as Error).message
      }
      return entry
    })
}

function isDisabled(name: string, settings: Settings): boolean {
  return (
    isTrue(settings.get(`AzureWebJobs.${name}.Disabled`)) ||
    isTrue(settings.get(`AzureWebJobs_${name}_Disabled`))
  )
}

function register(
  { metadata, bindings }: FunctionEntry,
  bindingTypes: ReadonlySet<string>,
  settings: Settings,
): RegisteredFunction {
  if (!/^[a-z][a-z0-9_-]{0,127}$/i.test(metadata.name)) {
    throw new Error(
      `'${metadata.name}' is not a valid function name: letters, digits, '_' and '-', beginning with a letter, ` +
        "at most 128 characters.",
    )
  }
  const triggers = bindings.filter((binding) => binding.type.toLowerCase().endsWith("trigger"))
  if (triggers.length === 0) throw new Error("No trigger binding specified. A function must have a trigger.")
  if (triggers.length > 1) {
    throw new Error("Multiple trigger bindings defined. A function can only have a single trigger binding.")
  }
  const unknown = bindings.filter((binding) => !bindingTypes.has(binding.type.toLowerCase()))
  if (unknown.length > 0) {
    const types = unknown.map((binding) => binding.type).join(", ")
    throw new Error(
      `This host has no '${types}': it serves ${families}. Azure's host has more with its extension bundle; check ` +
        "the spelling if that does not explain it.",
    )
  }
  const resolved = bindings.map((binding) =>
    binding.type.toLowerCase() === "httptrigger" || binding.type.toLowerCase() === "http"
      ? binding
      : (expand(binding, settings) as Binding),
  )
  return {
    id: metadata.functionId,
    name: metadata.name,
    bindings: Object.fromEntries(resolved.map((binding) => [binding.name, binding])),
    trigger: resolved.find((binding) => binding.type.toLowerCase().endsWith("trigger")) as Binding,
    retryOptions: metadata.retryOptions,
  }
}

function expand(value: unknown, settings: Settings): unknown {
  if (typeof value === "string") return settings.expand(value)
  if (Array.isArray(value)) return value.map((item) => expand(item, settings))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item, settings)]))
}
