import type { DurableConfig } from "./config.ts"
import type { Engine } from "./engine.ts"
import type { EntityEngine } from "./entities.ts"
import type { DurableFunctions } from "./functions.ts"
import type { Store } from "./store.ts"
import type { Endpoints } from "./urls.ts"

/** What the HTTP API of a task hub works on. */
export type ApiContext = {
  engine: Engine
  entities: EntityEngine
  store: Store
  config: DurableConfig
  functions: DurableFunctions
  endpoints: Endpoints
}
