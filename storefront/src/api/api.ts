import { client } from "@eshop/shop-client/generated/client.gen"
import { type Problem, problemOf } from "./problem.ts"
import { answered, traceparent } from "./trace.ts"

/** What a call of the generated client resolves to. */
type Result<Data> = { data?: Data; error?: unknown; response?: Response }

/** An answer other than the one that was asked for, or none at all. */
export class ApiError extends Error {
  readonly problem: Problem
  /** Seconds that the shop asks to wait, where it says so. */
  readonly retryAfter: number | undefined

  constructor(problem: Problem, response: Response | undefined) {
    super(problem.title)
    this.name = "ApiError"
    this.problem = problem
    const seconds = Number(response?.headers.get("retry-after") ?? Number.NaN)
    this.retryAfter = Number.isFinite(seconds) ? seconds : undefined
  }
}

/** Unwraps a call of the generated client. @throws ApiError with the problem that the shop answered */
export async function answerOf<Data>(call: Promise<Result<Data>>): Promise<NonNullable<Data>> {
  return (await answerWithHeaders(call)).data
}

/** The same with the answer's headers. @throws ApiError with the problem that the shop answered */
export async function answerWithHeaders<Data>(
  call: Promise<Result<Data>>,
): Promise<{ data: NonNullable<Data>; headers: Headers }> {
  const { data, error, response } = await call
  if (!response?.ok) throw new ApiError(problemOf(error, response?.status), response)
  return { data: data as NonNullable<Data>, headers: response.headers }
}

/**
 * Connects the generated client with the gateway.
 * @param accessToken the signed-in customer's token, renewed if need be; nothing for everybody else
 */
export function connectApi(baseUrl: string, accessToken: () => Promise<string | undefined>): void {
  client.setConfig({ baseUrl })
  client.interceptors.request.use(async (request) => {
    request.headers.set("traceparent", traceparent())
    // Also where everybody may ask: a customer's groups have prices of their own.
    const token = await accessToken()
    if (token !== undefined) request.headers.set("authorization", `Bearer ${token}`)
    return request
  })
  client.interceptors.response.use((response) => {
    answered()
    return response
  })
}

/** A new Idempotency-Key; whoever repeats a request keeps the key of the first. */
export const newKey = (): string => crypto.randomUUID()

/** What the shop found wrong with each member of a request, by the member's name. */
export function wrongMembers(error: unknown): ReadonlyMap<string, string> {
  if (!(error instanceof ApiError)) return new Map()
  const found = (error.problem.errors ?? []).map(({ pointer, message }): [string, string] => [
    pointer.split("/").at(-1) ?? "",
    message,
  ])
  return new Map(found)
}
