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
