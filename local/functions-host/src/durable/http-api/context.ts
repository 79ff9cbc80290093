import type { DurableConfig } from "../config.ts"
import type { Engine } from "../engine/engine.ts"
import type { EntityEngine } from "../entities/entity-engine.ts"
import type { DurableFunctions } from "../functions.ts"
import type { Store } from "../store/store.ts"
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
