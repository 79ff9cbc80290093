import type { KeyObject } from "node:crypto"
import { bindingOf, commitmentOf, contentOf, dataOf } from "../../personal-data/content.ts"
import { keyWrapping, type WrappedKey } from "../../personal-data/key-wrapping.ts"
import { type PersonalData, PersonalDataError } from "../../personal-data/personal-data.ts"
import { open, type Sealed, seal } from "../../personal-data/sealing.ts"
import type { WrappingKeys } from "../../personal-data/wrapping-keys.ts"
import { insertIfNew, inTransaction, type SqlServer } from "./pool.ts"
import { bytes, instant, int, type Sql, sql, text } from "./sql.ts"

type Row = Sealed & { readonly subject: string }

const wrapped = sql`wrapped_key AS [wrappedKey], key_version AS [keyVersion]`

/** Personal data as SQL Server tables: keys in one, what they encrypt in another. */
export function sqlServerPersonalData(server: SqlServer, keys: WrappingKeys): PersonalData {
  const wrapping = keyWrapping(keys)

  async function addKey(transaction: SqlServer, customerId: string): Promise<WrappedKey> {
    const key = wrapping.make(customerId)
    await insertIfNew(
      transaction,
      sql`INSERT INTO customer_key (customer_id, wrapped_key, key_version, created_at)
          VALUES (${text(customerId)}, ${bytes(key.wrappedKey)}, ${text(key.keyVersion)}, SYSUTCDATETIME())`,
    )
    return key
  }

  /**
   * The customer's key; a new one at the first time. Of two first writes at once the second waits for the first.
   * @param lock REPEATABLEREAD: whoever forgets the customer waits until this transaction has ended, and then takes its
   * data along. XLOCK: whoever wants the key waits; UPDLOCK would let those pass who keep something
   */
  async function keyOf(transaction: SqlServer, customerId: string, lock: Sql): Promise<KeyObject> {
    for (;;) {
      const { rows } = await transaction.run<WrappedKey>(
        sql`SELECT ${wrapped} FROM customer_key WITH (${lock}, ROWLOCK) WHERE customer_id = ${text(customerId)}`,
      )
      if (rows[0]) return wrapping.unwrap(customerId, rows[0])
      await addKey(transaction, customerId)
    }
  }

  return {
    async put(tx, { customerId, subject, data }) {
      const transaction = inTransaction(tx)
      const content = contentOf(data)
      const key = await keyOf(transaction, customerId, sql`REPEATABLEREAD`)
      const { nonce, ciphertext } = seal(key, bindingOf(customerId, subject), content)
      const [of, about] = [text(customerId), text(subject)]
      const update = sql`UPDATE personal_data
        SET nonce = ${bytes(nonce)}, ciphertext = ${bytes(ciphertext)}, kept_at = SYSUTCDATETIME()
        WHERE subject = ${about} AND customer_id = ${of}`
      const insert = sql`INSERT INTO personal_data (subject, customer_id, nonce, ciphertext, kept_at)
        VALUES (${about}, ${of}, ${bytes(nonce)}, ${bytes(ciphertext)}, SYSUTCDATETIME())`
      const isKept =
        (await transaction.run(update)).count === 1 ||
        (await insertIfNew(transaction, insert)) ||
        // The subject is there: since a moment ago the customer's, or another's.
        (await transaction.run(update)).count === 1
      if (!isKept) throw new PersonalDataError(`the data of ${subject} is another customer's`)
      return { commitment: commitmentOf(content) }
    },

    async find(subject) {
      const { rows } = await server.run<WrappedKey & Sealed & { customer_id: string }>(
        sql`SELECT personal_data.customer_id AS [customer_id], nonce, ciphertext, ${wrapped}
            FROM personal_data JOIN customer_key ON customer_key.customer_id = personal_data.customer_id
            WHERE subject = ${text(subject)}`,
      )
      const [row] = rows
      if (!row) return undefined
      const { customer_id: customerId } = row
      const content = open(wrapping.unwrap(customerId, row), bindingOf(customerId, subject), row)
      return { customerId, data: dataOf(content), commitment: commitmentOf(content) }
    },

    async ofCustomer(customerId, limit) {
      const { rows } = await server.run<WrappedKey & Row>(
        sql`SELECT TOP (${int(limit)}) subject, nonce, ciphertext, ${wrapped}
            FROM personal_data JOIN customer_key ON customer_key.customer_id = personal_data.customer_id
            WHERE personal_data.customer_id = ${text(customerId)} ORDER BY subject DESC`,
      )
      const [first] = rows
      if (!first) return []
      const key = wrapping.unwrap(customerId, first)
      return rows.map((row) => ({
        subject: row.subject,
        data: dataOf(open(key, bindingOf(customerId, row.subject), row)),
      }))
    },

    async lock(tx, customerId) {
      await keyOf(inTransaction(tx), customerId, sql`XLOCK`)
    },

    async forget(tx, customerId, until) {
      const transaction = inTransaction(tx)
      const of = text(customerId)
      const { rows: found } = await transaction.run<WrappedKey & { created_at: Date }>(
        sql`SELECT ${wrapped}, created_at FROM customer_key WITH (XLOCK, ROWLOCK) WHERE customer_id = ${of}`,
      )
      const [before] = found
      if (!before) return false
      const isOlder = before.created_at <= until
      const { rows: since } = await transaction.run<Row & { kept_at: Date }>(
        sql`SELECT subject, nonce, ciphertext, kept_at FROM personal_data
            WHERE customer_id = ${of} AND kept_at > ${instant(until)}`,
      )
      if (since.length > 0 && !isOlder) return false
      const oldKey = wrapping.unwrap(customerId, before)
      await transaction.run(sql`DELETE FROM customer_key WHERE customer_id = ${of}`)
      await transaction.run(sql`DELETE FROM personal_data WHERE customer_id = ${of}`)
      if (since.length === 0) return isOlder
      const newKey = wrapping.unwrap(customerId, await addKey(transaction, customerId))
      for (const { subject, kept_at, ...sealed } of since) {
        const binding = bindingOf(customerId, subject)
        const { nonce, ciphertext } = seal(newKey, binding, open(oldKey, binding, sealed))
        await transaction.run(
          sql`INSERT INTO personal_data (subject, customer_id, nonce, ciphertext, kept_at)
              VALUES (${text(subject)}, ${of}, ${bytes(nonce)}, ${bytes(ciphertext)}, ${instant(kept_at)})`,
        )
      }
      return true
    },
  }
}
