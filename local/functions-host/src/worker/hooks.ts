/** Hooks of the app: run in the order of their registration, each awaited; an error ends the operation. */
import { app, type HookName, systemLog } from "./app-state.ts"
import type { HookData } from "./core-types.ts"
import { ReadOnlyError } from "./errors.ts"
import type { LogMessage } from "./protocol.ts"

/**
 * Builds a hook context: `values` can be read and changed, `fixed` can only be read (assigning throws the
 * TypeError of the public worker).
 */
export function hookContext<T extends object, F extends object>(
  values: T,
  fixed: F & { hookData: HookData },
): T & F & { readonly hookData: HookData; readonly appHookData: HookData } {
  const readOnly: Record<string, unknown> = { ...fixed, appHookData: app.appHookData }
  for (const [name, value] of Object.entries(readOnly)) {
    Object.defineProperty(values, name, {
      enumerable: true,
      get: () => value,
      set() {
        throw new ReadOnlyError(name)
      },
    })
  }
  return values as never
}

/** Runs the hooks of a name one after another. */
export async function executeHooks(name: Exclude<HookName, "log">, context: object): Promise<void> {
  const callbacks = app.hooks[name]
  if (callbacks.length === 0) return
  systemLog("debug", `Executing ${callbacks.length} "${name}" hooks`)
  for (const callback of callbacks) await callback(context)
  systemLog("debug", `Executed "${name}" hooks`)
}

let insideLogHook = false

/**
 * Writes a line of user code after the app's log hooks have seen (and perhaps changed) it. Log hooks are
 * synchronous, see user lines only, and their errors are ignored; a line written inside a hook skips the hooks.
 */
export function userLog(
  line: { level: string; message: string; invocationId?: string; category?: string },
  scope?: { hookData: HookData; invocationContext: unknown },
): void {
  let { level, message } = line
  if (app.hooks.log.length > 0 && !insideLogHook) {
    const context = hookContext(
      { level, message },
      {
        category: "user",
        invocationContext: scope?.invocationContext,
        hookData: scope?.hookData ?? app.appLevelHookData,
      },
    )
    insideLogHook = true
    try {
      for (const hook of app.hooks.log) hook(context)
      level = context.level
      message = context.message
    } catch {
      // As in the public worker: a log hook that throws must not lose the line.
    } finally {
      insideLogHook = false
    }
  }
  app.writeLog({ ...line, kind: "log", logCategory: "user", level, message } satisfies LogMessage)
}
