import { inTransaction } from "@eshop/building-blocks/postgres/pool"
import type { Checkouts } from "../checkout/ports.ts"

export const postgresCheckouts = (): Checkouts => ({
  async add(tx, checkout, cartVersion, at) {
    await inTransaction(tx).query({
      name: "checkout-add",
      text: "INSERT INTO checkout (id, customer_id, cart_version, data, created_at) VALUES ($1, $2, $3, $4, $5)",
      values: [checkout.checkoutId, checkout.customerId, cartVersion, JSON.stringify(checkout), at],
    })
  },
})
