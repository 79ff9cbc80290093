import { QueryClient } from "@tanstack/react-query"
import { ApiError } from "../api/api.ts"

/** Who is asked to wait longer than this, in seconds, is told so instead. */
const LONGEST_WAIT = 10

const isWorthAnotherTry = (error: unknown): boolean =>
  error instanceof ApiError &&
  (error.retryAfter ?? 0) <= LONGEST_WAIT &&
  (error.problem.status === 0 || error.problem.status >= 500 || error.problem.status === 429)

/** How long to wait before another try: as long as the shop says, or 0.5, 1, 2 … seconds, up to ten. */
const pause = (failures: number, error: unknown): number =>
  error instanceof ApiError && error.retryAfter !== undefined
    ? error.retryAfter * 1000
    : Math.min(500 * 2 ** failures, LONGEST_WAIT * 1000)

/** Whether a request that failed so often is sent once more. */
export const retry = (failures: number, error: unknown): boolean => failures < 3 && isWorthAnotherTry(error)

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 30_000, retry, retryDelay: pause },
    // Every change is either idempotent by itself or has a key; sending it again is safe.
    mutations: { retry, retryDelay: pause },
  },
})
