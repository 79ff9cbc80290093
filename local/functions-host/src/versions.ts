/** Versions of the app: loaded with their configuration and routes, put in place of one another, retired. */
import { setTimeout as delay } from "node:timers/promises"
import type { Keys } from "./admin/keys.ts"
import { type FunctionApp, loadApp } from "./app.ts"
import type { Configuration } from "./configuration.ts"
import type { HostExtension } from "./contract.ts"
import { assertNoConflict, type HttpFunction, httpFunction, sortRoutes } from "./http/router.ts"
import type { HostOutput } from "./output.ts"
import type { Serving } from "./serving.ts"

export type VersionOptions = {
  scriptRoot: string
  stateDir: string
  baseUrl: string
  hostVersion: string
  output: HostOutput
  extensions: readonly HostExtension[]
  keys: Keys
  onFilesLoaded(files: string[]): void
}

/** Loads a version of the app under a configuration. Throws AppStartError. */
export async function loadVersion(options: VersionOptions, configuration: Configuration): Promise<Serving> {
  const { output, keys } = options
  output.configure(configuration.logLevels)
  const app = await loadApp({
    ...options,
    hostJson: configuration.hostJson,
    settings: configuration.settings,
    env: configuration.workerEnv,
    timeoutMs: configuration.timeoutMs,
    systemKey: (extension) => keys.system(extension),
  })
  return { app, routes: routesOf(app, configuration.http.routePrefix), configuration, activeRequests: 0 }
}

/** The routes of the app's HTTP functions; a function whose route cannot be served is in error. */
function routesOf(app: FunctionApp, routePrefix: string): HttpFunction[] {
  const routes: HttpFunction[] = []
  for (const entry of app.functions) {
    if (entry.registered?.trigger.type.toLowerCase() !== "httptrigger") continue
    try {
      const route = httpFunction(entry.registered, routePrefix, entry.disabled)
      assertNoConflict(route, routes)
      routes.push(route)
    } catch (error) {
      entry.error = (error as Error).message
      entry.registered = undefined
    }
  }
  return sortRoutes(routes)
}

/** Hands the extensions over from one version to the next; when they do not start there, they go on with the old. */
export async function handOver(old: Serving, next: Serving): Promise<void> {
  await old.app.stopExtensions()
  try {
    await next.app.startExtensions()
  } catch (error) {
    await next.app.stopExtensions()
    await next.app.stop(0)
    await old.app.startExtensions()
    throw error
  }
}

/** Waits until the version has answered its requests, at most until the deadline (milliseconds since the epoch). */
export async function requestsEnd(version: Serving, deadline: number): Promise<void> {
  while (version.activeRequests > 0 && Date.now() < deadline) await delay(10)
}

/** Ends a version when its requests and invocations have ended, at the deadline at the latest. */
export async function retire(version: Serving, deadline: number): Promise<void> {
  await requestsEnd(version, deadline)
  await version.app.stop(Math.max(0, deadline - Date.now()))
}
