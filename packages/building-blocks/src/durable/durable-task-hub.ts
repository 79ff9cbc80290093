import * as z from "zod"
import { DependencyUnavailableError } from "../failure.ts"
import { ambient } from "../telemetry/ambient.ts"
import { durableFunctions } from "./durable-functions.ts"
import { HistoryLine, Instance, type InstanceFilter, type TaskHub } from "./task-hub.ts"

/** Where the HTTP API is, as the binding of the durable client says it. */
const Binding = z.object({
  /** For the app alone, without a key; absent where the host has no such endpoint. */
  rpcBaseUrl: z.url().optional(),
  baseUrl: z.url(),
  /** Task hub, connection and key. */
  requiredQueryStringParameters: z.string(),
})
export type Binding = z.infer<typeof Binding>

/** A list of thousands is read from storage by then. */
const TIMEOUT_MS = 10_000
const TOKEN = "x-ms-continuation-token"

/** The binding of the trigger that is running. */
function ownBinding(): Binding {
  const { input } = durableFunctions
  return Binding.parse(ambient()?.invocation?.extraInputs.get(input))
}

const InstanceWithHistory = Instance.extend({ historyEvents: z.array(HistoryLine) })

/**
 * The task hub by the HTTP API of the Durable Functions extension
 * (https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-http-api): the client library has no page
 * of a list, it reads all instances into memory.
 * @param binding where the API is
 */
export function durableTaskHub(binding: () => Binding = ownBinding): TaskHub {
  async function ask(
    method: "GET" | "POST" | "DELETE",
    path: string,
    query: Readonly<Record<string, string | undefined>>,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const { rpcBaseUrl, baseUrl, requiredQueryStringParameters } = binding()
    const url = rpcBaseUrl
      ? new URL(path, rpcBaseUrl)
      : new URL(`${baseUrl}/${path}?${requiredQueryStringParameters}`)
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, value)
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS)
      const response = await fetch(url, { method, headers, redirect: "error", signal })
      if (response.status >= 500) throw new Error(`the task hub answered ${response.status}`)
      return response
    } catch (error) {
      throw new DependencyUnavailableError("task hub", error)
    }
  }

  async function find<T extends z.ZodType>(id: string, query: Record<string, string>, schema: T) {
    const response = await ask("GET", `instances/${encodeURIComponent(id)}`, query)
    return response.status === 404 ? undefined : await read(response, schema)
  }

  return {
    async page(filter, top, token) {
      const query = { ...queryOf(filter), showInput: "false", top: String(top) }
      const response = await ask("GET", "instances/", query, token === undefined ? {} : { [TOKEN]: token })
      const next = response.headers.get(TOKEN)
      const instances = await read(response, z.array(Instance))
      return { instances, ...(next && { token: next }) }
    },

    find: (id) => find(id, { showInput: "false" }, Instance),

    async findWithHistory(id) {
      const query = { showInput: "true", showHistory: "true", showHistoryOutput: "true" }
      const found = await find(id, query, InstanceWithHistory)
      if (!found) return undefined
      const { historyEvents: history, ...instance } = found
      return { ...instance, history }
    },

    async control(id, control, reason) {
      const { status } = await ask("POST", `instances/${encodeURIComponent(id)}/${control}`, { reason })
      if (status === 202) return "accepted"
      if (status === 410) return "ended"
      if (status === 404) return "unknown"
      throw new Error(`the task hub answered ${status} to ${control}`)
    },

    async purge(id) {
      const { status } = await ask("DELETE", `instances/${encodeURIComponent(id)}`, {})
      if (status !== 200 && status !== 404) throw new Error(`the task hub answered ${status} to a purge`)
      return status === 200
    },
  }
}

const queryOf = ({ runtimeStatus, createdFrom, createdTo, idPrefix }: InstanceFilter) => ({
  runtimeStatus: runtimeStatus?.join(","),
  createdTimeFrom: createdFrom,
  createdTimeTo: createdTo,
  instanceIdPrefix: idPrefix,
})

/** 202 is how the API says that an instance has not ended. @throws for whatever else it says */
async function read<T extends z.ZodType>(response: Response, schema: T): Promise<z.output<T>> {
  const { status } = response
  if (status !== 200 && status !== 202)
    throw new DependencyUnavailableError("task hub", new Error(`it answered ${status}`))
  return schema.parse(await response.json())
}
