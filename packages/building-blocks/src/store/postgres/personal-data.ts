import type { KeyObject } from "node:crypto"
import type pg from "pg"
import { bindingOf, commitmentOf, contentOf, dataOf } from "../../personal-data/content.ts"
import { keyWrapping, type WrappedKey } from "../../personal-data/key-wrapping.ts"
import type { PersonalData } from "../../personal-data/personal-data.ts"
import { PersonalDataError } from "../../personal-data/personal-data.ts"
import { open, type Sealed, seal } from "../../personal-data/sealing.ts"
import type { WrappingKeys } from "../../personal-data/wrapping-keys.ts"
import { inTransaction, type Queryable, sendInTransaction } from "./pool.ts"

type Row = Sealed & { readonly subject: string }

const wrapped = `wrapped_key AS "wrappedKey", key_version AS "keyVersion"`

/** Personal data as PostgreSQL tables: keys in one, what they encrypt in another. */
export function postgresPersonalData(pool: pg.Pool, keys: WrappingKeys): PersonalData {
  const wrapping = keyWrapping(keys)

  /** @returns the customer's new key, or the one that somebody else has added meanwhile, locked until the transaction ends */
  async function addKey(client: Queryable, customerId: string): Promise<WrappedKey> {
    const key = wrapping.make(customerId)
    const { rows } = await client.query<WrappedKey>({
      name: "customer-key-add",
      text: `INSERT INTO customer_key (customer_id, wrapped_key, key_version) VALUES ($1, $2, $3)
             ON CONFLICT (customer_id) DO UPDATE SET customer_id = excluded.customer_id
             RETURNING ${wrapped}`,
      values: [customerId, key.wrappedKey, key.keyVersion],
    })
    return rows[0] as WrappedKey
  }

  /**
   * The customer's key; a new one at the first time. Of two first writes at once the second waits for the first.
   * @param lock FOR KEY SHARE: whoever forgets the customer waits until this transaction has ended, and then takes its
   * data along. FOR UPDATE: whoever wants the key waits
   */
  async function keyOf(
    client: Queryable,
    customerId: string,
    lock: "FOR KEY SHARE" | "FOR UPDATE",
  ): Promise<KeyObject> {
    const { rows } = await client.query<WrappedKey>({
      name: `customer-key-find ${lock}`,
      text: `SELECT ${wrapped} FROM customer_key WHERE customer_id = $1 ${lock}`,
      values: [customerId],
    })
    return wrapping.unwrap(customerId, rows[0] ?? (await addKey(client, customerId)))
  }

  return {
    async put(tx, { customerId, subject, data }) {
      const client = inTransaction(tx)
      const content = contentOf(data)
      const { nonce, ciphertext } = seal(
        await keyOf(client, customerId, "FOR KEY SHARE"),
        bindingOf(customerId, subject),
        content,
      )
      const put = {
        name: "personal-data-put",
        text: `INSERT INTO personal_data (subject, customer_id, nonce, ciphertext) VALUES ($1, $2, $3, $4)
               ON CONFLICT (subject) DO UPDATE
               SET nonce = excluded.nonce, ciphertext = excluded.ciphertext, kept_at = excluded.kept_at
               WHERE personal_data.customer_id = excluded.customer_id`,
        values: [subject, customerId, nonce, ciphertext],
      }
      sendInTransaction(tx, put, ({ rowCount }) => {
        if (rowCount !== 1) throw new PersonalDataError(`the data of ${subject} is another customer's`)
      })
      return { commitment: commitmentOf(content) }
    },

    async find(subject) {
      const { rows } = await pool.query<WrappedKey & Sealed & { customer_id: string }>({
        name: "personal-data-find",
        text: `SELECT customer_id, nonce, ciphertext, ${wrapped}
               FROM personal_data JOIN customer_key USING (customer_id) WHERE subject = $1`,
        values: [subject],
      })
      const [row] = rows
      if (!row) return undefined
      const { customer_id: customerId } = row
      const content = open(wrapping.unwrap(customerId, row), bindingOf(customerId, subject), row)
      return { customerId, data: dataOf(content), commitment: commitmentOf(content) }
    },

    async ofCustomer(customerId, limit) {
      const { rows } = await pool.query<WrappedKey & Row>({
        name: "personal-data-of-customer",
        text: `SELECT subject, nonce, ciphertext, ${wrapped}
               FROM personal_data JOIN customer_key USING (customer_id)
               WHERE customer_id = $1 ORDER BY subject DESC LIMIT $2`,
        values: [customerId, limit],
      })
      const [first] = rows
      if (!first) return []
      const key = wrapping.unwrap(customerId, first)
      return rows.map((row) => ({
        subject: row.subject,
        data: dataOf(open(key, bindingOf(customerId, row.subject), row)),
      }))
    },

    async lock(tx, customerId) {
      await keyOf(inTransaction(tx), customerId, "FOR UPDATE")
    },

    async forget(tx, customerId, until) {
      const client = inTransaction(tx)
      const { rows: found } = await client.query<WrappedKey & { isOlder: boolean }>(
        `SELECT ${wrapped}, created_at <= $2 AS "isOlder" FROM customer_key WHERE customer_id = $1 FOR UPDATE`,
        [customerId, until],
      )
      const [before] = found
      if (!before) return false
      const { rows: since } = await client.query<Row & { kept_at: string }>(
        // As text: a date would lose the microseconds.
        "SELECT subject, nonce, ciphertext, kept_at::text FROM personal_data WHERE customer_id = $1 AND kept_at > $2",
        [customerId, until],
      )
      if (since.length > 0 && !before.isOlder) return false
      const oldKey = wrapping.unwrap(customerId, before)
      await client.query("DELETE FROM customer_key WHERE customer_id = $1", [customerId])
      if (since.length === 0) return before.isOlder
      const newKey = wrapping.unwrap(customerId, await addKey(client, customerId))
      const resealed = since.map((row) => {
        const binding = bindingOf(customerId, row.subject)
        return { ...row, ...seal(newKey, binding, open(oldKey, binding, row)) }
      })
      await client.query(
        `INSERT INTO personal_data (subject, customer_id, nonce, ciphertext, kept_at)
         SELECT subject, $1, nonce, ciphertext, kept_at
         FROM unnest($2::text[], $3::bytea[], $4::bytea[], $5::timestamptz[]) AS sealed (subject, nonce, ciphertext, kept_at)`,
        [
          customerId,
          resealed.map(({ subject }) => subject),
          resealed.map(({ nonce }) => nonce),
          resealed.map(({ ciphertext }) => ciphertext),
          resealed.map(({ kept_at }) => kept_at),
        ],
      )
      return true
    },
  }
}
