import { archiveKeyOwner } from "../../personal-data/content.ts"
import { keyWrapping, type WrappedKey } from "../../personal-data/key-wrapping.ts"
import type { WrappedKeys } from "../../personal-data/personal-data.ts"
import type { WrappingKeys } from "../../personal-data/wrapping-keys.ts"
import { inTransaction, type SqlServer } from "./pool.ts"
import { bytes, ids, instant, int, sql, text } from "./sql.ts"

const wrapped = sql`wrapped_key AS [wrappedKey], key_version AS [keyVersion]`

/** The tables of keys, and whose each key is. */
const tables = [
  {
    table: sql`customer_key`,
    id: sql`customer_id`,
    ownerOf: (id: unknown) => id as string,
    keyOf: (id: unknown) => text(id as string),
  },
  {
    table: sql`archive_key`,
    id: sql`kept_until`,
    ownerOf: (id: unknown) => archiveKeyOwner(id as Date),
    keyOf: (id: unknown) => instant(id as Date),
  },
] as const

/** The keys that seal personal data, in SQL Server. */
export function sqlServerWrappedKeys(server: SqlServer, keys: WrappingKeys): WrappedKeys {
  const wrapping = keyWrapping(keys)

  async function rewrapIn(
    transaction: SqlServer,
    { table, id, ownerOf, keyOf }: (typeof tables)[number],
    limit: number,
  ) {
    const { rows } = await transaction.run<WrappedKey & { id: unknown }>(
      sql`SELECT TOP (${int(limit)}) ${id} AS [id], ${wrapped} FROM ${table} WITH (UPDLOCK, READPAST, ROWLOCK)
          WHERE key_version IN (${ids(wrapping.oldVersions)})`,
    )
    for (const row of rows) {
      const { wrappedKey, keyVersion } = wrapping.rewrap(ownerOf(row.id), row)
      await transaction.run(
        sql`UPDATE ${table} SET wrapped_key = ${bytes(wrappedKey)}, key_version = ${text(keyVersion)}
            WHERE ${id} = ${keyOf(row.id)}`,
      )
    }
    return rows.length
  }

  return {
    async rewrap(tx, limit) {
      let done = 0
      if (wrapping.oldVersions.length === 0) return done
      for (const table of tables)
        if (done < limit) done += await rewrapIn(inTransaction(tx), table, limit - done)
      return done
    },

    async versions() {
      const { rows } = await server.run<{ version: string; keys: number }>(
        sql`SELECT key_version AS [version], COUNT(*) AS [keys]
            FROM (SELECT key_version FROM customer_key UNION ALL SELECT key_version FROM archive_key) AS every_key
            GROUP BY key_version ORDER BY key_version`,
      )
      return rows
    },
  }
}
