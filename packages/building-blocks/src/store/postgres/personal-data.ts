import { createHash, createSecretKey, type KeyObject, randomBytes } from "node:crypto"
import canonicalize from "canonicalize"
import type pg from "pg"
import type { PersonalData } from "../../personal-data/personal-data.ts"
import { PersonalDataError } from "../../personal-data/personal-data.ts"
import { joined, open, parted, seal } from "../../personal-data/sealing.ts"
import type { WrappingKeys } from "../../personal-data/wrapping-keys.ts"
import { inTransaction, type Queryable } from "./pool.ts"

const SALT_BYTES = 32

type KeyRow = { wrapped_key: Buffer; key_version: string }
type Content = { readonly salt: string; readonly data: unknown }

/** Personal data as PostgreSQL tables: keys in one, what they encrypt in another. */
export function postgresPersonalData(pool: pg.Pool, keys: WrappingKeys): PersonalData {
  const wrappingKey = (version: string): KeyObject => {
    const key = keys.byVersion.get(version)
    if (key) return key
    throw new PersonalDataError(
      `PERSONAL_DATA_KEYS has no version '${version}', which a customer's key needs`,
    )
  }
  const unwrap = (customerId: string, { wrapped_key, key_version }: KeyRow): KeyObject =>
    createSecretKey(open(wrappingKey(key_version), ["key of", customerId], parted(wrapped_key)))

  /** The customer's key; a new one at the first time. Of two first writes at once the second waits for the first. */
  async function keyOf(client: Queryable, customerId: string): Promise<KeyObject> {
    for (;;) {
      const { rows } = await client.query<KeyRow>({
        name: "customer-key-find",
        // Whoever forgets the customer waits until this transaction has ended, and then takes its data along.
        text: "SELECT wrapped_key, key_version FROM customer_key WHERE customer_id = $1 FOR KEY SHARE",
        values: [customerId],
      })
      if (rows[0]) return unwrap(customerId, rows[0])
      const wrapped = seal(wrappingKey(keys.current), ["key of", customerId], randomBytes(32))
      await client.query({
        name: "customer-key-add",
        text: `INSERT INTO customer_key (customer_id, wrapped_key, key_version) VALUES ($1, $2, $3)
               ON CONFLICT DO NOTHING`,
        values: [customerId, joined(wrapped), keys.current],
      })
    }
  }

  return {
    async put(tx, { customerId, subject, data }) {
      const client = inTransaction(tx)
      const salt = randomBytes(SALT_BYTES).toString("base64url")
      const content = Buffer.from(canonicalize({ salt, data } satisfies Content) ?? "")
      const { nonce, ciphertext } = seal(
        await keyOf(client, customerId),
        bindingOf(customerId, subject),
        content,
      )
      const { rowCount } = await client.query({
        name: "personal-data-put",
        text: `INSERT INTO personal_data (subject, customer_id, nonce, ciphertext) VALUES ($1, $2, $3, $4)
               ON CONFLICT (subject) DO UPDATE SET nonce = excluded.nonce, ciphertext = excluded.ciphertext
               WHERE personal_data.customer_id = excluded.customer_id`,
        values: [subject, customerId, nonce, ciphertext],
      })
      if (rowCount !== 1) throw new PersonalDataError(`the data of ${subject} is another customer's`)
      return { commitment: commitmentOf(content) }
    },

    async find(subject) {
      const { rows } = await pool.query<KeyRow & { customer_id: string; nonce: Buffer; ciphertext: Buffer }>({
        name: "personal-data-find",
        text: `SELECT customer_id, nonce, ciphertext, wrapped_key, key_version
               FROM personal_data JOIN customer_key USING (customer_id) WHERE subject = $1`,
        values: [subject],
      })
      const [row] = rows
      if (!row) return undefined
      const { customer_id: customerId } = row
      const content = open(unwrap(customerId, row), bindingOf(customerId, subject), row)
      const { data } = JSON.parse(content.toString()) as Content
      return { customerId, data, commitment: commitmentOf(content) }
    },

    async forget(tx, customerId) {
      const { rowCount } = await inTransaction(tx).query("DELETE FROM customer_key WHERE customer_id = $1", [
        customerId,
      ])
      return rowCount === 1
    },
  }
}

const bindingOf = (customerId: string, subject: string) => ["data of", customerId, "about", subject]

/** Of the canonical JSON (RFC 8785) of salt and data. */
const commitmentOf = (content: Buffer): string => createHash("sha256").update(content).digest("hex")
