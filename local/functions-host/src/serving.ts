import type { FunctionApp } from "./app.ts"
import type { Configuration } from "./configuration.ts"
import type { HttpFunction } from "./http/router.ts"

/** The version of the app that serves now. */
export type Serving = {
  app: FunctionApp
  routes: readonly HttpFunction[]
  configuration: Configuration
  /** Requests that this version has begun to serve and not answered. */
  activeRequests: number
}

/** What the host is doing, as its parts see it. */
export type HostState = {
  phase: "Starting" | "Running" | "Stopping"
  /** The version that serves; undefined until the first has loaded. */
  serving: Serving | undefined
  /** `http://localhost:7071`; empty until the host listens. */
  baseUrl: string
}
