import type { Settings } from "../../contract.ts"
import type { ApiContext } from "../http-api/context.ts"

/** What the API works on. */
export type MonitorContext = ApiContext & {
  readonly settings: Settings
  /** Begins anew with an empty task hub. */
  erase(): Promise<void>
}
