import type { ServerResponse } from "node:http"
import { expect, test } from "vitest"
import { RefusedError } from "./problem.ts"
import { rateLimiter } from "./rate-limit.ts"

const limits = {
  default: { quota: 3, windowSeconds: 60 },
  signedIn: { quota: 5, windowSeconds: 60 },
  strict: { quota: 2, windowSeconds: 10, routes: ["shop.guess"] },
}

/** A limiter with a clock, and what one request is answered with. */
function limiter() {
  const clock = { seconds: 0 }
  const limit = rateLimiter(limits, () => clock.seconds * 1_000)
  const ask = (client: Parameters<typeof limit>[1]) => {
    const headers: Record<string, unknown> = {}
    const response = { setHeader: (name: string, value: string) => (headers[name] = value) }
    let problem: RefusedError["problem"] | undefined
    try {
      limit(response as unknown as ServerResponse, client)
    } catch (error) {
      problem = (error as RefusedError).problem
    }
    return { headers, problem, status: problem?.status ?? 200 }
  }
  return { clock, ask }
}
const statuses = (times: number, ask: () => { status: number }) =>
  Array.from({ length: times }, () => ask().status)

test("an address has its quota, one more is told when to come back, and the next window is a new one", () => {
  const { clock, ask } = limiter()
  const one = () => ask({ address: "192.0.2.1", route: "shop.list" })
  expect(one().headers).toEqual({
    "ratelimit-policy": '"default";q=3;w=60',
    ratelimit: '"default";r=2;t=60',
  })
  expect(statuses(2, one)).toEqual([200, 200])
  clock.seconds = 59.5
  expect(one()).toMatchObject({
    status: 429,
    headers: { ratelimit: '"default";r=0;t=1' },
    problem: { code: "client.requests", headers: { "retry-after": "1" } },
  })
  clock.seconds = 60
  expect(one()).toMatchObject({ status: 200, headers: { ratelimit: '"default";r=2;t=60' } })
})

test("each address and each subject is counted for itself; a subject whatever its address", () => {
  const { ask } = limiter()
  expect(statuses(4, () => ask({ address: "192.0.2.1" }))).toEqual([200, 200, 200, 429])
  expect(ask({ address: "192.0.2.2" }).status).toBe(200)
  let host = 0
  const mehmet = () => ask({ address: `192.0.2.${++host}`, subject: "mehmet" })
  expect(mehmet().headers.ratelimit).toBe('"signed-in";r=4;t=60')
  expect(statuses(5, mehmet)).toEqual([200, 200, 200, 200, 429])
  expect(ask({ address: "192.0.2.1", subject: "john" }).status).toBe(200)
  // Nobody is counted as somebody by calling themselves so.
  expect(ask({ address: "subject mehmet" }).status).toBe(200)
})

test("a strict route has a quota of its own beside the other one", () => {
  const { clock, ask } = limiter()
  const guess = () => ask({ address: "192.0.2.1", subject: "mehmet", route: "shop.guess" })
  expect(guess().headers).toEqual({
    "ratelimit-policy": '"signed-in";q=5;w=60, "strict";q=2;w=10',
    ratelimit: '"signed-in";r=4;t=60, "strict";r=1;t=10',
  })
  expect([guess().status, guess().status]).toEqual([200, 429])
  expect(ask({ address: "192.0.2.1", subject: "mehmet", route: "shop.list" }).status).toBe(200)
  clock.seconds = 10
  expect(guess()).toMatchObject({
    status: 200,
    headers: { ratelimit: '"signed-in";r=0;t=50, "strict";r=1;t=10' },
  })
})

test("however many addresses ask, 10,000 are remembered", () => {
  const { ask } = limiter()
  const first = () => ask({ address: "first" })
  expect(statuses(4, first)).toEqual([200, 200, 200, 429])
  for (let host = 1; host < 10_000; host += 1) ask({ address: `host ${host}` })
  expect(first().status).toBe(429)
  ask({ address: "host 10000" })
  expect(first().headers.ratelimit).toBe('"default";r=2;t=60')
})

test("what is refused is a problem with Retry-After in whole seconds", () => {
  const { ask } = limiter()
  for (let times = 0; times < 3; times += 1) ask({ address: "192.0.2.1" })
  const { problem } = ask({ address: "192.0.2.1" })
  expect(new RefusedError(problem as RefusedError["problem"]).message).toBe(
    "This client may send 3 such requests in 60 s.",
  )
})
