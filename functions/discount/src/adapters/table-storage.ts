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
/** Storage that takes longer than this, with all repetitions, is out. */
const DEADLINE_MS = 5_000

/** Handed to every call of the client: ends it at the deadline. */
type Deadline = { readonly abortSignal: AbortSignal }

/** Table Storage as this context uses it: one table, made when it is first needed. */
export type TableStorage = {
  /** Runs a request. @throws DependencyUnavailableError when storage does not answer in time, or answers that it cannot */
  reach<T>(request: (table: TableClient, options: Deadline) => Promise<T>): Promise<T>
  /** The entity, or undefined where there is none. */
  find<T extends object>(
    partitionKey: string,
    rowKey: string,
  ): Promise<GetTableEntityResponse<TableEntityResult<T>> | undefined>
  /** Runs a write with conditions. @returns false when another write came first: 409 it exists, 412 it has changed */
  unlessOvertaken(write: (table: TableClient, options: Deadline) => Promise<unknown>): Promise<boolean>
  /** Rejects when storage cannot be used. */
  ping(): Promise<unknown>
}

/** A client by the `DISCOUNT_TABLES` connection: a connection string, or the service's address and an identity. */
function tableClient(settings: {
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

/** Whether an error says that storage is out, and not what is wrong with the request. */
const isOut = (error: unknown): boolean =>
  (error as Error).name === "AbortError" ||
  (error instanceof RestError && (error.statusCode === undefined || error.statusCode >= 500))

/** @param settings the `DISCOUNT_TABLES` connection. Opens nothing: the app starts without its storage */
export function tableStorage(settings: Parameters<typeof tableClient>[0]): TableStorage {
  const table = tableClient(settings)
  let made: Promise<void> | undefined
  const make = () => {
    made ??= table.createTable({ abortSignal: AbortSignal.timeout(DEADLINE_MS) }).catch((error) => {
      made = undefined
      throw error
    })
    return made
  }

  const reach: TableStorage["reach"] = async (request) => {
    const options = { abortSignal: AbortSignal.timeout(DEADLINE_MS) }
    try {
      await make()
      return await request(table, options)
    } catch (error) {
      // Somebody took the table away, or the emulator died before it was on disk: it is made anew next time.
      const isGone = refusedWith(error, 404) && reasonOf(error as RestError) === "TableNotFound"
      if (isGone) made = undefined
      if (isGone || isOut(error)) throw new DependencyUnavailableError("table storage", error)
      throw error
    }
  }

  const find: TableStorage["find"] = async <T extends object>(partitionKey: string, rowKey: string) => {
    try {
      return await reach((client, options) => client.getEntity<T>(partitionKey, rowKey, options))
    } catch (error) {
      if (refusedWith(error, 404)) return undefined
      throw error
    }
  }

  return {
    reach,
    find,

    async unlessOvertaken(write) {
      try {
        await reach(write)
        return true
      } catch (error) {
        if (refusedWith(error, 409, 412)) return false
        throw error
      }
    },

    ping: () => find("ping", "ping"),
  }
}
