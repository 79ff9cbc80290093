import type { IncomingMessage } from "node:http"
import { text } from "node:stream/consumers"
import type { Point } from "./fault.ts"

/** What the local functions host tells of each run of an activity, before and after it, while it waits for the answer. */
export type ReachedPoint = Point & { readonly instanceId: string }

/**
 * Reads what the host tells (local/functions-host/src/durable/tasks/fault-points.ts, at `ESHOP_FAULT_POINTS`). The saga
 * stands still until the request is answered.
 */
export const readPoint = async (request: IncomingMessage): Promise<ReachedPoint> =>
  JSON.parse(await text(request))
