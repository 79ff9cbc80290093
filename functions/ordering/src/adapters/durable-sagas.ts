import type { InvocationContext } from "@azure/functions"
import * as df from "durable-functions"
import type { Sagas } from "../checkout/ports.ts"

/** The saga's name in the task hub. */
export const CHECKOUT_SAGA = "checkout"

/** The client library tells a status only in the text of its errors. */
const answered = (error: unknown, pattern: RegExp): boolean =>
  error instanceof Error && pattern.test(error.message)

let client: ReturnType<typeof df.getClient> | undefined

/** The durable client; the trigger must carry `df.input.durableClient()`. */
export function durableSagas(context: InvocationContext): Sagas {
  // What the binding carries is the same for every invocation of a process, so one client serves them all.
  client ??= df.getClient(context)
  const durable = client
  return {
    async start(orderId, input) {
      try {
        await durable.startNew(CHECKOUT_SAGA, { instanceId: orderId, input })
      } catch (error) {
        if (!answered(error, /status code: 409/)) throw error
      }
    },
    async tell(orderId, event, data) {
      try {
        await durable.raiseEvent(orderId, event, data)
      } catch (error) {
        if (!answered(error, /^No instance with ID/)) throw error
      }
    },
  }
}
