import { insertIfNew, inTransaction, type SqlServer } from "@eshop/building-blocks/store/sqlserver/pool"
import { sql, text } from "@eshop/building-blocks/store/sqlserver/sql"
import type { PriceProofs } from "../../proofs/ports.ts"

export const sqlServerPriceProofs = (server: SqlServer): PriceProofs => ({
  async add(tx, orderId, proof) {
    await insertIfNew(
      inTransaction(tx),
      sql`INSERT INTO price_proof (order_id, proof) VALUES (${text(orderId)}, ${text(proof)})`,
    )
  },

  async find(orderId) {
    const { rows } = await server.run<{ proof: string }>(
      sql`SELECT proof FROM price_proof WHERE order_id = ${text(orderId)}`,
    )
    return rows[0]?.proof
  },
})
