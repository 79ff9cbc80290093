import {
  type GetTableEntityResponse,
  RestError,
  TableClient,
  type TableEntityResult,
} from "@azure/data-tables"
import { DependencyUnavailableError } from "../../failure.ts"
import { azureCredential } from "../../identity/azure-credential.ts"
import { observeTables } from "./table-calls.ts"

const retryOptions = { maxRetries: 2, retryDelayInMs: 100, maxRetryDelayInMs: 1_000 }
/** Storage that takes longer than this, with all repetitions, is out. */
const DEADLINE_MS = 5_000

/** Handed to every call of the client: ends it at the deadline. */
type Deadline = { readonly abortSignal: AbortSignal }

/** A service's address with an identity, or a connection string. */
export type TableConnection = { readonly uri: string } | { readonly connectionString: string }

export type Entity<T extends object> = TableEntityResult<T> & {
  readonly partitionKey: string
  readonly rowKey: string
}

/** A table of Table Storage, made when it is first needed. */
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
  /** The first entities that a filter lets through, by partition and row. */
  page<T extends object>(filter: string, limit: number): Promise<Entity<T>[]>
  /** Runs a deletion. @returns false when there is nothing to delete */
  unlessGone(remove: (table: TableClient, options: Deadline) => Promise<unknown>): Promise<boolean>
  /** Rejects when storage cannot be used. */
  ping(): Promise<unknown>
}

function tableClient(to: TableConnection, name: string): TableClient {
  const client =
    "uri" in to
      ? new TableClient(to.uri, name, azureCredential(), { retryOptions })
      : // The emulator speaks plain HTTP; an address with https stays as it is.
        TableClient.fromConnectionString(to.connectionString, name, {
          retryOptions,
          allowInsecureConnection: true,
        })
  observeTables(client)
  return client
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

/** Opens nothing: the app starts without its storage. @param name the table's, letters and digits */
export function tableStorage(to: TableConnection, name: string): TableStorage {
  const table = tableClient(to, name)
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

    page: <T extends object>(filter: string, limit: number) =>
      reach(async (client, options) => {
        const found: Entity<T>[] = []
        // A page may be short, or empty, while there is more: storage ends it where a partition does.
        const entities = client.listEntities<T>({ ...options, queryOptions: { filter } })
        for await (const page of entities.byPage({ maxPageSize: Math.min(limit, 1_000) })) {
          found.push(...(page as Entity<T>[]))
          if (found.length >= limit) break
        }
        return found.slice(0, limit)
      }),

    async unlessGone(remove) {
      try {
        await reach(remove)
        return true
      } catch (error) {
        if (refusedWith(error, 404)) return false
        throw error
      }
    },

    ping: () => find("ping", "ping"),
  }
}
