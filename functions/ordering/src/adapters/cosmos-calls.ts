import type { PluginConfig } from "@azure/cosmos"
import { clientCall } from "@eshop/building-blocks/telemetry/client-call"
import { databaseCall } from "@eshop/building-blocks/telemetry/database-call"
import {
  ATTR_AZURE_COSMOSDB_OPERATION_REQUEST_CHARGE,
  ATTR_DB_RESPONSE_STATUS_CODE,
} from "@eshop/building-blocks/telemetry/semantic-conventions"

type Headers = Readonly<Record<string, unknown>>
type Answer = { readonly code?: number; readonly headers?: Headers }

/** What is not there, was there before, or was changed by another: answers that whoever asks counts on. */
const EXPECTED = new Set([404, 409, 412])

/** Makes every operation on an item a call with a span and a metric: its keys and its content stay away from them. */
export function cosmosCalls({ database, container }: { database: string; container: string }): PluginConfig {
  return {
    on: "operation",
    async plugin(context, _, next) {
      const { operationType = "query", resourceType, endpoint } = context
      if (resourceType !== "docs") return await next(context)
      const to = {
        system: "azure.cosmosdb",
        namespace: database,
        ...(endpoint && { address: new URL(endpoint).hostname }),
      }
      const operation = `${operationType}_item`
      const describe = () =>
        databaseCall(to, `${operation} ${container}`, { operation, collection: container })
      const { response, refused } = await clientCall(describe, async (call) => {
        const tell = ({ code = 200, headers }: Answer) =>
          call.answered(code, {
            [ATTR_DB_RESPONSE_STATUS_CODE]: String(code),
            [ATTR_AZURE_COSMOSDB_OPERATION_REQUEST_CHARGE]: Number(headers?.["x-ms-request-charge"] ?? 0),
          })
        try {
          const response = await next(context)
          tell(response)
          return { response }
        } catch (error) {
          const answer = error as Answer
          if (typeof answer.code === "number") tell(answer)
          if (!EXPECTED.has(answer.code ?? 0)) throw error
          return { refused: error }
        }
      })
      if (response) return response
      throw refused
    },
  }
}
