import { DependencyUnavailableError } from "../../failure.ts"

// Of severities below 17: another transaction was preferred or in the way (1205, 1222, 3960), the database is
// read-only (3906), recovering, restoring, offline or on another replica (922, 927, 942, 976, 978, 983), no access to it
// for now (229, 4060, 18401, 18452, 18456), the server is paused or going down (6005, 17142), Azure SQL is busy or moves
// the database (10928, 10929, 40197, 40501, 40613, 49918, 49919, 49920).
const OUT = new Set([
  229, 922, 927, 942, 976, 978, 983, 1205, 1222, 3906, 3960, 4060, 6005, 10928, 10929, 17142, 18401, 18452,
  18456, 40197, 40501, 40613, 49918, 49919, 49920,
])
/** Severities from here on say that the server is short of something or broken, not that the statement is wrong. */
const RESOURCES = 17
// The driver's own: the connection is not there or gone, the server silent, its transaction taken back.
const DRIVER_OUT = new Set([
  "ETIMEOUT",
  "ESOCKET",
  "ECLOSE",
  "ECONNCLOSED",
  "ENOTOPEN",
  "EINVALIDSTATE",
  "EABORT",
])

type SqlServerError = Error & { readonly number?: unknown; readonly class?: unknown; readonly code?: unknown }

function isOut(error: SqlServerError): boolean {
  const { name, number, class: severity, code, message } = error
  return (
    name === "ConnectionError" ||
    (typeof number === "number" && OUT.has(number)) ||
    (typeof severity === "number" && severity >= RESOURCES) ||
    DRIVER_OUT.has(String(code)) ||
    message.startsWith("Failed to acquire a connection")
  )
}

/** The failure as the rest of an app knows it: {@link DependencyUnavailableError} while the server is not there. */
export const failureOf = (error: unknown): unknown =>
  error instanceof Error && isOut(error) ? new DependencyUnavailableError("SQL Server", error) : error

const numberOf = (error: unknown): unknown =>
  error instanceof Error ? (error as SqlServerError).number : undefined

/** True when a row with this key is there: by a constraint (2627) or an index (2601). */
export const isDuplicate = (error: unknown): boolean => [2627, 2601].includes(numberOf(error) as number)
