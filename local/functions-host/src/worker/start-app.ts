/** Loads the app: `main` of its package.json is a glob of entry points, imported one after another. */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import globby from "globby"
import { app, systemLog } from "./app-state.ts"
import { SystemError, toError } from "./errors.ts"
import { executeHooks, hookContext } from "./hooks.ts"

type PackageJson = { main?: string; type?: string }

/**
 * Imports every entry point and runs the appStart hooks.
 * Returns `main` as written; throws the app's own error with a message that names the entry point.
 */
export async function startApp(scriptRoot: string): Promise<string | undefined> {
  const packageJson = readPackageJson(scriptRoot)
  if (packageJson.main !== undefined) await loadEntryPoints(scriptRoot, packageJson.main, packageJson.type)
  await executeHooks(
    "appStart",
    hookContext({ functionAppDirectory: scriptRoot }, { hookData: app.appLevelHookData }),
  )
  return packageJson.main
}

function readPackageJson(scriptRoot: string): PackageJson {
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(scriptRoot, "package.json"), "utf8"))
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
      throw new SystemError("file content is not an object")
    }
    const { main, type } = parsed as Record<string, unknown>
    return {
      main: typeof main === "string" && main !== "" ? main : undefined,
      type: typeof type === "string" ? type : undefined,
    }
  } catch (thrown) {
    const error = toError(thrown)
    const reason =
      "code" in error && error.code === "ENOENT"
        ? "file does not exist"
        : error instanceof SyntaxError
          ? `file content is not valid JSON: ${error.message}`
          : error.message
    systemLog("warning", `Worker failed to load package.json: ${reason}`)
    return {}
  }
}

async function loadEntryPoints(scriptRoot: string, pattern: string, type: string | undefined): Promise<void> {
  let current: string | undefined
  try {
    // The public worker's own library: its order is the order in which entry points load.
    const files = await globby(pattern, { cwd: scriptRoot })
    if (files.length === 0) {
      throw new SystemError(
        globby.hasMagic(pattern) ? "Found zero files matching the supplied pattern" : "File does not exist",
      )
    }
    for (const file of files) {
      current = file
      systemLog("debug", `Loading entry point file "${file}"`)
      app.currentEntryPoint = join(scriptRoot, file)
      try {
        await load(app.currentEntryPoint, type)
      } finally {
        app.currentEntryPoint = undefined
      }
      systemLog("debug", `Loaded entry point file "${file}"`)
    }
  } catch (thrown) {
    const error = toError(thrown)
    const message = `Worker was unable to load entry point "${current ?? pattern}": ${error.message}`
    // The stack of a syntax error begins with the place in the source, which the message alone lacks.
    const stack = error.stack?.includes(error.message)
      ? error.stack.replace(error.message, message)
      : `${message}\n${error.stack ?? ""}`
    throw Object.assign(new SystemError(message), { stack })
  }
}

async function load(file: string, type: string | undefined): Promise<void> {
  const isModule = /\.m[jt]s$/.test(file) || (!/\.c[jt]s$/.test(file) && type === "module")
  if (isModule) await import(pathToFileURL(file).href)
  else createRequire(file)(file)
}
