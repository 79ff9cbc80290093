import canonicalize from "canonicalize"
import { archiveBindingOf, archiveKeyOwner } from "../../personal-data/content.ts"
import { keyWrapping, type WrappedKey } from "../../personal-data/key-wrapping.ts"
import type { Archive } from "../../personal-data/personal-data.ts"
import { open, type Sealed, seal } from "../../personal-data/sealing.ts"
import type { WrappingKeys } from "../../personal-data/wrapping-keys.ts"
import { insertIfNew, inTransaction, type SqlServer } from "./pool.ts"
import { bytes, instant, int, sql, text } from "./sql.ts"

const wrapped = sql`wrapped_key AS [wrappedKey], key_version AS [keyVersion]`

/** The archive as SQL Server tables: a key for each day on which something is over, and what they seal. */
export function sqlServerArchive(server: SqlServer, keys: WrappingKeys): Archive {
  const wrapping = keyWrapping(keys)

  async function keyUntil(transaction: SqlServer, until: Date) {
    const day = instant(until)
    for (;;) {
      const { rows } = await transaction.run<WrappedKey>(
        sql`SELECT ${wrapped} FROM archive_key WITH (REPEATABLEREAD, ROWLOCK) WHERE kept_until = ${day}`,
      )
      if (rows[0]) return wrapping.unwrap(archiveKeyOwner(until), rows[0])
      const { wrappedKey, keyVersion } = wrapping.make(archiveKeyOwner(until))
      await insertIfNew(
        transaction,
        sql`INSERT INTO archive_key (kept_until, wrapped_key, key_version)
            VALUES (${day}, ${bytes(wrappedKey)}, ${text(keyVersion)})`,
      )
    }
  }

  return {
    async keep(tx, { subject, data, until, askedBy }) {
      const transaction = inTransaction(tx)
      const content = Buffer.from(canonicalize(data) ?? "")
      const { nonce, ciphertext } = seal(
        await keyUntil(transaction, until),
        archiveBindingOf(subject),
        content,
      )
      await insertIfNew(
        transaction,
        sql`INSERT INTO archived_data (subject, kept_until, asked_by, nonce, ciphertext)
            VALUES (${text(subject)}, ${instant(until)}, ${text(askedBy)}, ${bytes(nonce)}, ${bytes(ciphertext)})`,
      )
    },

    async find(subject) {
      const { rows } = await server.run<WrappedKey & Sealed & { until: Date }>(
        sql`SELECT archived_data.kept_until AS [until], nonce, ciphertext, ${wrapped}
            FROM archived_data JOIN archive_key ON archive_key.kept_until = archived_data.kept_until
            WHERE subject = ${text(subject)}`,
      )
      const [row] = rows
      if (!row) return undefined
      const { until } = row
      const content = open(wrapping.unwrap(archiveKeyOwner(until), row), archiveBindingOf(subject), row)
      return { data: JSON.parse(content.toString()), until }
    },

    async keptFrom(askedBy, limit) {
      const { rows } = await server.run<{ subject: string; until: Date }>(
        sql`SELECT TOP (${int(limit)}) subject AS [subject], kept_until AS [until] FROM archived_data
            WHERE asked_by = ${text(askedBy)} ORDER BY kept_until, subject`,
      )
      return rows
    },

    async forgetOver(now) {
      await server.run(sql`DELETE FROM archive_key WHERE kept_until <= ${instant(now)}`)
    },
  }
}
