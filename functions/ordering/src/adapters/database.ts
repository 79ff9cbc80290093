import type { WrappingKeys } from "@eshop/building-blocks/personal-data/wrapping-keys"
import type { Store } from "@eshop/building-blocks/store/store"
import { onPostgres } from "./postgres.ts"
import { onSqlServer } from "./sqlserver/sqlserver.ts"
import type { Heard, Tables } from "./tables.ts"

/**
 * Ordering's tables where the URL says, with their store: `mssql:` is SQL Server, whose driver is loaded then alone,
 * everything else PostgreSQL.
 */
export const openDatabase = (
  url: string,
  keys: WrappingKeys,
  heard: Heard,
): { readonly store: Store; readonly tables: Tables } =>
  (new URL(url).protocol === "mssql:" ? onSqlServer : onPostgres)(url, keys, heard)
