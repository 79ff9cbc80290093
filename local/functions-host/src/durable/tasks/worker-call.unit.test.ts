import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { WorkerGoneError } from "../../contract.ts"
import { withWorker } from "./worker-call.ts"

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

/** A call that finds no worker the first `times` times. */
function callFailing(times: number) {
  let failures = 0
  return vi.fn(async () => {
    if (failures++ < times) throw new WorkerGoneError()
    return "done"
  })
}

test("makes the call again until the worker is back", async () => {
  const call = callFailing(2)
  const result = withWorker(call, () => false)
  await vi.runAllTimersAsync()
  expect(await result).toBe("done")
  expect(call).toHaveBeenCalledTimes(3)
})

test("does not repeat a call that failed for another reason", async () => {
  const call = vi.fn(async () => {
    throw new Error("broken")
  })
  await expect(withWorker(call, () => false)).rejects.toThrow("broken")
  expect(call).toHaveBeenCalledTimes(1)
})

test("gives up when the host stops, also while it waits for the worker", async () => {
  const call = callFailing(1)
  await expect(withWorker(call, () => true)).rejects.toThrow(WorkerGoneError)
  expect(call).toHaveBeenCalledTimes(1)

  let draining = false
  const later = callFailing(1)
  const result = withWorker(later, () => draining)
  const refused = expect(result).rejects.toThrow(WorkerGoneError)
  await vi.advanceTimersByTimeAsync(50)
  draining = true
  await vi.runAllTimersAsync()
  await refused
  expect(later).toHaveBeenCalledTimes(1)
})
