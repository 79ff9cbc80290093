/** What the switchboard asks of the payment simulator. */
export interface Payments {
  /** @param fault as the simulator names it (order-faults.ts there). @throws Error where it does not answer */
  goWrong(orderId: string, fault: string): Promise<void>
}

export const paymentsAt = (url: string, apiKey: string): Payments => ({
  async goWrong(orderId, fault) {
    const answer = await fetch(`${url}/v1/test_helpers/order_faults`, {
      method: "POST",
      headers: { authorization: `Bearer ${apiKey}` },
      body: new URLSearchParams({ order_id: orderId, fault }),
    })
    if (!answer.ok) throw new Error(`The payment simulator answered ${answer.status}.`)
  },
})
