/** Calls of the worker that outlive its restarts. */

import { setTimeout as delay } from "node:timers/promises"
import { WorkerGoneError } from "../../contract.ts"

/** Time between two attempts, in milliseconds. */
const retryInterval = 100

/**
 * Makes a call, and makes it again while the worker is restarting.
 * @throws WorkerGoneError when `draining` says that the host stops; whatever else the call throws
 */
export async function withWorker<T>(call: () => Promise<T>, draining: () => boolean): Promise<T> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof WorkerGoneError) || draining()) throw error
      await delay(retryInterval)
      if (draining()) throw error
    }
  }
}
