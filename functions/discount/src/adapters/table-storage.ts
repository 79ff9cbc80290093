import {
  type GetTableEntityResponse,
  RestError,
  TableClient,
  type TableEntityResult,
} from "@azure/data-tables"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { azureCredential } from "@eshop/building-blocks/identity/azure-credential"

/** One table holds all of this context; a coupon, its count and its redemptions share the partition of its code. */
const TABLE = "coupons"
const retryOptions = { maxRetries: 2, retryDelayInMs: 100, maxRetryDelayInMs: 1_000 }

/** A client by the `DISCOUNT_TABLES` connection: a connection string, or the service's address and an identity. */
export function tableClient(settings: {
  DISCOUNT_TABLES?: string
  DISCOUNT_TABLES__tableServiceUri?: string
}): TableClient {
  if (settings.DISCOUNT_TABLES)
    return TableClient.fromConnectionString(settings.DISCOUNT_TABLES, TABLE, {
      retryOptions,
      // The emulator speaks plain HTTP; an address with https stays as it is.
      allowInsecureConnection: true,
    })
  if (settings.DISCOUNT_TABLES__tableServiceUri)
    return new TableClient(settings.DISCOUNT_TABLES__tableServiceUri, TABLE, azureCredential(), {
      retryOptions,
    })
  throw new Error("set DISCOUNT_TABLES (a connection string) or DISCOUNT_TABLES__tableServiceUri")
}

const refusedWith = (error: unknown, ...statusCodes: number[]): boolean =>
  error instanceof RestError && error.statusCode !== undefined && statusCodes.includes(error.statusCode)

/** The service's own code of an error; a failed transaction has it in another place than a single request. */
const reasonOf = (error: RestError): string | undefined =>
  (error.details as { odataError?: { code?: string } } | undefined)?.odataError?.code ?? error.code

/** Runs a request; storage that does not answer, or answers that it cannot, is a dependency that is out. */
export async function reach<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (error) {
    if (error instanceof RestError && (error.statusCode === undefined || error.statusCode >= 500))
      throw new DependencyUnavailableError("table storage", error)
    throw error
  }
}

/** The entity, or undefined where there is none. */
export async function findEntity<T extends object>(
  table: TableClient,
  partitionKey: string,
  rowKey: string,
): Promise<GetTableEntityResponse<TableEntityResult<T>> | undefined> {
  try {
    return await reach(() => table.getEntity<T>(partitionKey, rowKey))
  } catch (error) {
    // A missing table is 404 as well, but no answer to the question.
    if (refusedWith(error, 404) && reasonOf(error as RestError) === "ResourceNotFound") return undefined
    throw error
  }
}

/** Runs a write with conditions. @returns false when another write came first: 409 it exists, 412 it has changed */
export async function unlessOvertaken(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await reach(write)
    return true
  } catch (error) {
    if (refusedWith(error, 409, 412)) return false
    throw error
  }
}
