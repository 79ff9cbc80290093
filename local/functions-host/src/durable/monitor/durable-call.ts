import type { WebhookRequest } from "../../contract.ts"
import { handleApi } from "../http-api/api.ts"
import type { ApiContext } from "../http-api/context.ts"

/** A call of the Durable HTTP API on behalf of a request of the monitor. */
export type DurableCall = {
  readonly method: string
  /** Below the API's prefix; ids encoded. */
  readonly path: string
  readonly query?: Record<string, string>
  /** JSON text. */
  readonly body?: string
}

/**
 * Makes the call.
 * @returns its JSON answer, undefined where it has none
 * @throws Error in the extension's words where it is refused; `missing`: what to answer where there is nothing (404)
 */
export async function callDurable<T>(
  context: ApiContext,
  { url, signal }: WebhookRequest,
  { method, path, query = {}, body = "" }: DurableCall,
  missing?: T,
): Promise<T | undefined> {
  const answer = await handleApi(context, {
    method,
    path,
    query: new URLSearchParams(query),
    url: url.href,
    header: (name) => (name === "content-type" ? "application/json" : undefined),
    body,
    signal,
    isRpc: false,
  })
  const given = answer.body ? (JSON.parse(answer.body) as unknown) : undefined
  if (answer.status < 300) return given as T | undefined
  if (answer.status === 404 && missing !== undefined) return missing
  throw new Error(reasonOf(answer.status, given))
}

function reasonOf(status: number, given: unknown): string {
  if (typeof given === "string") return given
  const { ExceptionMessage, Message } = (given ?? {}) as { ExceptionMessage?: string; Message?: string }
  if (ExceptionMessage ?? Message) return (ExceptionMessage ?? Message) as string
  if (status === 404) return "No instance with this id was found."
  return "The instance has ended already."
}
