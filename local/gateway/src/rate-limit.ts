import type { ServerResponse } from "node:http"
import { RefusedError } from "./problem.ts"
import type { Limit, RateLimits } from "./routes.ts"

/** Clients that one limit counts at a time. With more of them whoever came first is counted anew: memory stays bounded. */
const CLIENTS = 10_000

/** Who asks, and for what. */
export interface Counted {
  /** The connection's own address: what X-Forwarded-For says, anybody can say. */
  address: string
  /** Of a token that was found to be good; undefined without one. */
  subject?: string | undefined
  /** The name of the route; undefined for what is not published. */
  route?: string | undefined
}

/** How a client stands with one limit. */
interface Standing {
  name: string
  limit: Limit
  remaining: number
  resetSeconds: number
  isExceeded: boolean
}

/** Counts requests in windows that begin with a client's first request. */
function counter(name: string, limit: Limit) {
  // All windows are equally long, so the one that was put in first ends first.
  const windows = new Map<string, { count: number; endsMs: number }>()
  return (client: string, nowMs: number): Standing => {
    let window = windows.get(client)
    if (!window || window.endsMs <= nowMs) {
      windows.delete(client)
      if (windows.size >= CLIENTS) windows.delete(windows.keys().next().value as string)
      window = { count: 0, endsMs: nowMs + limit.windowSeconds * 1_000 }
      windows.set(client, window)
    }
    window.count += 1
    return {
      name,
      limit,
      remaining: Math.max(0, limit.quota - window.count),
      resetSeconds: Math.ceil((window.endsMs - nowMs) / 1_000),
      isExceeded: window.count > limit.quota,
    }
  }
}

const tooManyRequests = ({ limit, resetSeconds }: Standing) =>
  new RefusedError({
    status: 429,
    code: "client.requests",
    detail: `This client may send ${limit.quota} such requests in ${limit.windowSeconds} s.`,
    headers: { "retry-after": String(resetSeconds) },
  })

/** The two header fields of draft-ietf-httpapi-ratelimit-headers-11. */
function tell(response: ServerResponse, standings: readonly Standing[]): void {
  const policies = standings.map(({ name, limit }) => `"${name}";q=${limit.quota};w=${limit.windowSeconds}`)
  const left = standings.map(
    ({ name, remaining, resetSeconds }) => `"${name}";r=${remaining};t=${resetSeconds}`,
  )
  response.setHeader("ratelimit-policy", policies.join(", "))
  response.setHeader("ratelimit", left.join(", "))
}

/**
 * Counts requests by the subject of a good token, by address otherwise, and those of the strict routes each on its own
 * as well. The function that it returns tells the client how it stands, and throws RefusedError (429) for one request
 * too many.
 * @param clock milliseconds that only grow
 */
export function rateLimiter(
  { default: byAddress, signedIn, strict }: RateLimits,
  clock = () => performance.now(),
) {
  const ofAddress = counter("default", byAddress)
  const ofSubject = counter("signed-in", signedIn)
  const ofStrictRoute = counter("strict", strict)
  const strictRoutes = new Set(strict.routes)

  return (response: ServerResponse, { address, subject, route }: Counted): void => {
    const nowMs = clock()
    const client = subject === undefined ? `address ${address}` : `subject ${subject}`
    const standings = [subject === undefined ? ofAddress(client, nowMs) : ofSubject(client, nowMs)]
    if (route !== undefined && strictRoutes.has(route))
      standings.push(ofStrictRoute(`${route} ${client}`, nowMs))
    tell(response, standings)
    const exceeded = standings.find(({ isExceeded }) => isExceeded)
    if (exceeded) throw tooManyRequests(exceeded)
  }
}
