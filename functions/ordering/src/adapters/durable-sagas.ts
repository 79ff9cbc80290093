import type { InvocationContext } from "@azure/functions"
import * as df from "durable-functions"
import type { Sagas } from "../checkout/ports.ts"

/** The saga's name in the task hub. */
export const CHECKOUT_SAGA = "checkout"

const statusOf = (error: unknown): number | undefined =>
  (error as { response?: { status?: number } }).response?.status

/** Sagas through the durable client of one invocation; the trigger must carry `df.input.durableClient()`. */
export function durableSagas(context: InvocationContext): Sagas {
  const client = df.getClient(context)

  async function exists(orderId: string): Promise<boolean> {
    try {
      const status = await client.getStatus(orderId)
      return status?.instanceId === orderId
    } catch (error) {
      // The client throws on 404: nothing was started under this id.
      if (/404|no instance/i.test((error as Error).message) || statusOf(error) === 404) return false
      throw error
    }
  }

  return {
    async start(orderId, input) {
      // Starting an id again replaces an instance that has ended: a late redelivery must not run the order twice.
      if (await exists(orderId)) return
      await client.startNew(CHECKOUT_SAGA, { instanceId: orderId, input })
    },
    async tell(orderId, event, data) {
      if (await exists(orderId)) await client.raiseEvent(orderId, event, data)
    },
  }
}
