import type { TableClient } from "@azure/data-tables"
import { clientCall } from "../../telemetry/client-call.ts"
import { databaseCall } from "../../telemetry/database-call.ts"
import { ATTR_DB_RESPONSE_STATUS_CODE } from "../../telemetry/semantic-conventions.ts"

/** The operation of a request (https://learn.microsoft.com/rest/api/storageservices/table-service-rest-api). */
export function operationOf(method: string, url: string): string {
  const { pathname } = new URL(url)
  if (pathname.endsWith("/$batch")) return "EntityGroupTransaction"
  if (/\/Tables(\(|$)/.test(pathname)) return method === "POST" ? "CreateTable" : "QueryTables"
  const ofEntity = pathname.includes("PartitionKey=")
  switch (method) {
    case "GET":
      return ofEntity ? "GetEntity" : "QueryEntities"
    case "POST":
      return "InsertEntity"
    case "DELETE":
      return "DeleteEntity"
    default:
      return "UpdateEntity"
  }
}

/** Makes every request of a table a call with a span and a metric. Its keys, which may name a customer, stay in its URL. */
export function observeTables(client: TableClient): void {
  client.pipeline.addPolicy(
    {
      name: "observeTables",
      sendRequest(request, next) {
        const { hostname: address, port } = new URL(request.url)
        const database = { system: "azure.tables", address, port: Number(port || 443) }
        const describe = () => {
          const operation = operationOf(request.method, request.url)
          const collection = client.tableName
          return databaseCall(database, `${operation} ${collection}`, { operation, collection })
        }
        return clientCall(describe, async (call) => {
          const response = await next(request)
          const status = String(response.status)
          call.answered(response.status, { [ATTR_DB_RESPONSE_STATUS_CODE]: status })
          // What is not there, or was there before, is an answer that was asked for.
          if (response.status >= 500 || response.status === 429) call.failed(status)
          return response
        })
      },
    },
    // Each attempt for itself.
    { afterPhase: "Retry" },
  )
}
