/**
 * The API that the page of the public Durable Functions Monitor calls (microsoft/DurableFunctionsMonitor, 6.7.3): below
 * `/a/p/i/`, and where its isolated package serves it. What it changes, it changes through the Durable HTTP API.
 */

import type { WebhookRequest, WebhookResponse } from "../../contract.ts"
import { hubOf, isReadOnly, isTrusted, looksLikeHub } from "./access.ts"
import { act } from "./actions.ts"
import { sent, text } from "./answers.ts"
import type { MonitorContext } from "./context.ts"
import { parseFilter } from "./filter.ts"
import { monitorHistory } from "./history.ts"
import { changeHub } from "./hub-routes.ts"
import { countOf, listRows, page, rowOf, shown, textOf } from "./rows.ts"

/** The version of the monitor whose API this is. */
const VERSION = "6.7.3.0"
const PERMISSION = "DurableFunctionsMonitor.ReadWrite"
const ROOT = /^\/(?:durable-functions-monitor\/)?a\/p\/i\/(.+)$/
const INSTANCE = /^orchestrations\('(.+?)'\)(?:\/(.+))?$/
const SUGGESTIONS = /^id-suggestions\(prefix='(.*)'\)$/
const MOST_SUGGESTIONS = 50

/** An answer that ends the request; its message is for the caller. */
class MonitorError extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Whether the path is one of this API. */
export const isMonitorPath = (path: string): boolean => ROOT.test(path)

/** Handles one request. */
export async function handleMonitor(
  context: MonitorContext,
  request: WebhookRequest,
): Promise<WebhookResponse> {
  try {
    return (await route(context, request)) ?? { status: 404 }
  } catch (error) {
    // As HandleErrors of the monitor: whatever else goes wrong is the caller's fault.
    const status = error instanceof MonitorError ? error.status : 400
    return text(status, status === 401 ? "" : (error as Error).message)
  }
}

async function route(context: MonitorContext, request: WebhookRequest): Promise<WebhookResponse | undefined> {
  const path = ROOT.exec(request.url.pathname.replaceAll("%27", "'"))?.[1] ?? ""
  const isRead = request.method === "GET"
  if (!isRead && request.method !== "POST" && request.method !== "PUT") return undefined
  const trusted = isTrusted(context.settings.get("DFM_NONCE"), request.headers)
  if (path === "easyauth-config" && isRead) {
    if (context.settings.get("DFM_NONCE") && !trusted) throw new MonitorError(401, "")
    return sent({ userName: null })
  }
  if (path === "task-hub-names" && isRead) {
    if (!trusted) throw new MonitorError(401, "")
    return sent([context.config.hubName])
  }
  const [, segment = "", rest = ""] = /^([^/]+)\/(.+)$/.exec(path) ?? []
  const instance = INSTANCE.exec(rest)
  const [, id, action = ""] = instance ?? []
  const isMarkup = action.startsWith("custom-tab-markup(")
  if (!isRead && !isMarkup && isReadOnly(context.settings)) {
    throw new MonitorError(403, "This host is read-only (DFM_MODE).")
  }
  admit(context, decodeURIComponent(segment))
  if (!trusted) throw new MonitorError(401, "")
  if (id !== undefined) {
    return await instanceRoute(context, request, { id: decodeURIComponent(id), action, isMarkup })
  }
  return isRead ? readHub(context, request.url, rest) : await changeHub(context, request, rest)
}

/** One hub is served here, through one connection. */
function admit({ config }: MonitorContext, segment: string): void {
  const { connection, hub } = hubOf(segment)
  if (!looksLikeHub(hub)) throw new MonitorError(400, "Task Hub name is invalid.")
  if (connection !== "" || hub.toLowerCase() !== config.hubName.toLowerCase())
    throw new MonitorError(401, `Task Hub '${segment}' is not allowed.`)
}

function readHub(context: MonitorContext, url: URL, rest: string): WebhookResponse | undefined {
  const { store, settings, config } = context
  const prefix = SUGGESTIONS.exec(rest)?.[1]
  if (prefix !== undefined) {
    const idPrefix = decodeURIComponent(prefix)
    const { instances } = store.listInstances({ idPrefix, top: MOST_SUGGESTIONS })
    return sent(instances.map(({ id }) => id))
  }
  const storage = settings.get("AzureWebJobsStorage") ?? ""
  switch (rest) {
    case "about":
      return sent({
        accountName: /AccountName=(\w+)/i.exec(storage)?.[1] ?? "",
        hubName: config.hubName,
        version: VERSION,
        permissions: isReadOnly(settings) ? [] : [PERMISSION],
      })
    case "orchestrations":
      return sent(listRows(store, url.searchParams))
    case "function-map":
      return text(404, "No Function Map provided")
    case "manage-connection": {
      const connectionString = storage.replace(/AccountKey=[^;]+/gi, "AccountKey=*****")
      return sent({ connectionString, hubName: config.hubName, isReadOnly: true })
    }
    default:
      return undefined
  }
}

async function instanceRoute(
  context: MonitorContext,
  request: WebhookRequest,
  { id, action, isMarkup }: { id: string; action: string; isMarkup: boolean },
): Promise<WebhookResponse | undefined> {
  const { engine, store } = context
  if (request.method !== "GET" && !isMarkup) return await act(context, request, id, action)
  const row = rowOf(store, id, engine.instance(id))
  if (!row) throw new MonitorError(404, `Instance ${id} doesn't exist`)
  if (isMarkup) throw new MonitorError(404, "The specified template doesn't exist")
  if (action === "history") return historyRoute(context, request.url.searchParams, id)
  return action === "" ? sent({ ...shown(row), tabTemplateNames: [] }) : undefined
}

function historyRoute({ engine }: MonitorContext, query: URLSearchParams, id: string): WebhookResponse {
  const filter = parseFilter(query.get("$filter") ?? "")
  const skip = countOf(query, "$skip") ?? 0
  const top = countOf(query, "$top") ?? Number.POSITIVE_INFINITY
  const { from = 0, condition } = filter ?? {}
  const events = monitorHistory(engine.history(id)).filter((event) => {
    if (Date.parse(event.Timestamp) < from) return false
    const value = condition && textOf(event, condition.field)
    return condition === undefined || (value !== undefined && condition.holds(value))
  })
  return sent({ history: filter ? page(events, skip, top) : [] })
}
