import { remember } from "@eshop/building-blocks/remember"
import { inTransaction, type Queryable } from "@eshop/building-blocks/store/postgres/pool"
import { afterCommit } from "@eshop/building-blocks/store/transaction"
import type { ShippingMethod, ShippingTerms } from "@eshop/domain/basket/shipping"
import type pg from "pg"
import type { ShippingMethods } from "../shipping/ports.ts"

/** A change is seen by this process at once, and by others after so long: every cart that is shown asks. */
const REMEMBERED_MS = 2_000
const ALL = "all"

type Row = { id: string; terms: ShippingTerms; version: number }

async function read(client: Queryable): Promise<readonly ShippingMethod[]> {
  const { rows } = await client.query<Row>({
    name: "shipping-method-all",
    text: "SELECT id, terms, version FROM shipping_method ORDER BY id",
  })
  return rows.map(({ terms, ...row }) => ({ ...terms, ...row }))
}

export function postgresShippingMethods(pool: pg.Pool): ShippingMethods {
  const remembered = remember(() => read(pool), { forMs: REMEMBERED_MS, max: 1 })
  return {
    all: () => remembered.get(ALL),

    async lock(tx) {
      const client = inTransaction(tx)
      // Its few writers wait for each other; readers wait for nobody.
      await client.query("LOCK TABLE shipping_method IN SHARE ROW EXCLUSIVE MODE")
      return await read(client)
    },

    async put(tx, { id, version, ...terms }) {
      await inTransaction(tx).query({
        name: "shipping-method-put",
        text: `INSERT INTO shipping_method (id, terms, version) VALUES ($1, $2, $3)
               ON CONFLICT (id) DO UPDATE SET terms = excluded.terms, version = excluded.version`,
        values: [id, JSON.stringify(terms), version],
      })
      afterCommit(tx, () => remembered.forget(ALL))
    },

    async remove(tx, id) {
      await inTransaction(tx).query("DELETE FROM shipping_method WHERE id = $1", [id])
      afterCommit(tx, () => remembered.forget(ALL))
    },
  }
}
