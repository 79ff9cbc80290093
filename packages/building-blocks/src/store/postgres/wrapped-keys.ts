import type pg from "pg"
import { archiveKeyOwner } from "../../personal-data/content.ts"
import { keyWrapping, type WrappedKey } from "../../personal-data/key-wrapping.ts"
import type { WrappedKeys } from "../../personal-data/personal-data.ts"
import type { WrappingKeys } from "../../personal-data/wrapping-keys.ts"
import { inTransaction, type Queryable } from "./pool.ts"

/** The tables of keys, and whose each key is. */
const tables = [
  { table: "customer_key", id: "customer_id", type: "text", ownerOf: (id: unknown) => id as string },
  {
    table: "archive_key",
    id: "kept_until",
    type: "timestamptz",
    ownerOf: (id: unknown) => archiveKeyOwner(id as Date),
  },
] as const

/** The keys that seal personal data, in PostgreSQL. */
export function postgresWrappedKeys(pool: pg.Pool, keys: WrappingKeys): WrappedKeys {
  const wrapping = keyWrapping(keys)

  async function rewrapIn(
    client: Queryable,
    { table, id, type, ownerOf }: (typeof tables)[number],
    limit: number,
  ) {
    const { rows } = await client.query<WrappedKey & { id: unknown }>(
      `SELECT ${id} AS id, wrapped_key AS "wrappedKey", key_version AS "keyVersion" FROM ${table}
       WHERE key_version = ANY($1::text[]) LIMIT $2 FOR UPDATE SKIP LOCKED`,
      [wrapping.oldVersions, limit],
    )
    const rewrapped = rows.map((row) => ({ id: row.id, ...wrapping.rewrap(ownerOf(row.id), row) }))
    await client.query(
      `UPDATE ${table} SET wrapped_key = rewrapped.key, key_version = rewrapped.version
       FROM unnest($1::${type}[], $2::bytea[], $3::text[]) AS rewrapped (id, key, version)
       WHERE ${table}.${id} = rewrapped.id`,
      [
        rewrapped.map((key) => key.id),
        rewrapped.map(({ wrappedKey }) => wrappedKey),
        rewrapped.map(({ keyVersion }) => keyVersion),
      ],
    )
    return rows.length
  }

  return {
    async rewrap(tx, limit) {
      let done = 0
      for (const table of tables)
        if (done < limit) done += await rewrapIn(inTransaction(tx), table, limit - done)
      return done
    },

    async versions() {
      const { rows } = await pool.query<{ version: string; keys: number }>(
        `SELECT key_version AS version, count(*) AS keys
         FROM (SELECT key_version FROM customer_key UNION ALL SELECT key_version FROM archive_key) AS key
         GROUP BY key_version ORDER BY key_version`,
      )
      return rows
    },
  }
}
