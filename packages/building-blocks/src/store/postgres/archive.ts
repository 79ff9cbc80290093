import canonicalize from "canonicalize"
import type pg from "pg"
import { archiveBindingOf, archiveKeyOwner } from "../../personal-data/content.ts"
import { keyWrapping, type WrappedKey } from "../../personal-data/key-wrapping.ts"
import type { Archive } from "../../personal-data/personal-data.ts"
import { open, type Sealed, seal } from "../../personal-data/sealing.ts"
import type { WrappingKeys } from "../../personal-data/wrapping-keys.ts"
import { inTransaction, type Queryable } from "./pool.ts"

/** The archive as PostgreSQL tables: a key for each day on which something is over, and what they seal. */
export function postgresArchive(pool: pg.Pool, keys: WrappingKeys): Archive {
  const wrapping = keyWrapping(keys)

  async function keyUntil(client: Queryable, until: Date) {
    for (;;) {
      const { rows } = await client.query<WrappedKey>(
        `SELECT wrapped_key AS "wrappedKey", key_version AS "keyVersion" FROM archive_key
         WHERE kept_until = $1 FOR KEY SHARE`,
        [until],
      )
      if (rows[0]) return wrapping.unwrap(archiveKeyOwner(until), rows[0])
      const { wrappedKey, keyVersion } = wrapping.make(archiveKeyOwner(until))
      await client.query(
        "INSERT INTO archive_key (kept_until, wrapped_key, key_version) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        [until, wrappedKey, keyVersion],
      )
    }
  }

  return {
    async keep(tx, { subject, data, until, askedBy }) {
      const client = inTransaction(tx)
      const text = Buffer.from(canonicalize(data) ?? "")
      const { nonce, ciphertext } = seal(await keyUntil(client, until), archiveBindingOf(subject), text)
      await client.query(
        `INSERT INTO archived_data (subject, kept_until, asked_by, nonce, ciphertext) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING`,
        [subject, until, askedBy, nonce, ciphertext],
      )
    },

    async find(subject) {
      const { rows } = await pool.query<WrappedKey & Sealed & { until: Date }>(
        `SELECT kept_until AS until, nonce, ciphertext, wrapped_key AS "wrappedKey", key_version AS "keyVersion"
         FROM archived_data JOIN archive_key USING (kept_until) WHERE subject = $1`,
        [subject],
      )
      const [row] = rows
      if (!row) return undefined
      const { until } = row
      const text = open(wrapping.unwrap(archiveKeyOwner(until), row), archiveBindingOf(subject), row)
      return { data: JSON.parse(text.toString()), until }
    },

    async keptFrom(askedBy, limit) {
      const { rows } = await pool.query<{ subject: string; until: Date }>(
        `SELECT subject, kept_until AS until FROM archived_data
         WHERE asked_by = $1 ORDER BY kept_until, subject LIMIT $2`,
        [askedBy, limit],
      )
      return rows
    },

    async forgetOver(now) {
      await pool.query("DELETE FROM archive_key WHERE kept_until <= $1", [now])
    },
  }
}
