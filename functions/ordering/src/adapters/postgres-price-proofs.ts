import { sendInTransaction } from "@eshop/building-blocks/store/postgres/pool"
import type pg from "pg"
import type { PriceProofs } from "../proofs/ports.ts"

export const postgresPriceProofs = (pool: pg.Pool): PriceProofs => ({
  async add(tx, orderId, proof) {
    sendInTransaction(tx, {
      name: "price-proof-add",
      text: "INSERT INTO price_proof (order_id, proof) VALUES ($1, $2) ON CONFLICT DO NOTHING",
      values: [orderId, proof],
    })
  },

  async find(orderId) {
    const { rows } = await pool.query<{ proof: string }>({
      name: "price-proof-find",
      text: "SELECT proof FROM price_proof WHERE order_id = $1",
      values: [orderId],
    })
    return rows[0]?.proof
  },
})
