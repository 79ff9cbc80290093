import { readAbout, recentOrders } from "./api/about.ts"
import { findLogs } from "./api/logs.ts"
import { listMetrics, readMetric } from "./api/metrics.ts"
import { readOverview } from "./api/overview.ts"
import { QueryError } from "./api/query.ts"
import { findTraces, readTrace } from "./api/traces.ts"
import { RefusedError } from "./http.ts"
import type { TelemetryStore } from "./store/store.ts"

/** The answer to a read below `/api/`. Throws RefusedError for what is not there and for a query that cannot be read. */
export async function answerApi(store: TelemetryStore, { pathname, searchParams }: URL): Promise<object> {
  for (const kept of [store.spans, store.logs, store.metrics]) kept.expire()
  try {
    const answer = await read(store, pathname, searchParams)
    if (answer) return answer
  } catch (error) {
    if (error instanceof QueryError || error instanceof URIError) throw new RefusedError(400, error.message)
    throw error
  }
  throw new RefusedError(404, `The last hour has nothing at ${pathname}.`)
}

async function read(
  store: TelemetryStore,
  path: string,
  query: URLSearchParams,
): Promise<object | undefined> {
  const [, collection, item] = /^\/api\/(\w+)(?:\/([^/]+))?$/.exec(path) ?? []
  const name = item === undefined ? undefined : decodeURIComponent(item)
  switch (collection) {
    case "traces":
      return name === undefined ? findTraces(store, query) : readTrace(store, name.toLowerCase())
    case "logs":
      return name === undefined ? findLogs(store, query) : undefined
    case "metrics":
      return name === undefined ? listMetrics(store) : readMetric(store, name, query)
    case "orders":
      return name === undefined ? await recentOrders(store) : undefined
    case "about":
      return name === undefined ? undefined : await readAbout(store, name.trim())
    case "overview":
      return name === undefined ? readOverview(store) : undefined
  }
}
