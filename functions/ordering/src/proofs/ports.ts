import type { Tx } from "@eshop/building-blocks/app/call"

export type PriceProofs = {
  /** Keeps the proof of an order; the first one stays. */
  add(tx: Tx, orderId: string, proof: string): Promise<void>
  find(orderId: string): Promise<string | undefined>
}
