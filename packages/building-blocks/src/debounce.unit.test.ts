import { expect, test } from "vitest"
import { debounce } from "./debounce.ts"

test("calls during a run lead to one further run after it", async () => {
  const runs: PromiseWithResolvers<void>[] = []
  const wake = debounce(
    () => {
      const run = Promise.withResolvers<void>()
      runs.push(run)
      return run.promise
    },
    () => {},
  )
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  wake()
  for (let call = 0; call < 5; call++) wake()
  expect(runs).toHaveLength(1)
  runs[0]?.resolve()
  await settle()
  expect(runs).toHaveLength(2)
  runs[1]?.resolve()
  await settle()
  expect(runs).toHaveLength(2)
  wake()
  expect(runs).toHaveLength(3)
})

test("a failed run is told, and the next call runs again", async () => {
  const errors: unknown[] = []
  let runs = 0
  const wake = debounce(
    async () => {
      runs++
      throw new Error(`run ${runs}`)
    },
    (error) => errors.push((error as Error).message),
  )
  wake()
  await new Promise((resolve) => setImmediate(resolve))
  wake()
  await new Promise((resolve) => setImmediate(resolve))
  expect(errors).toEqual(["run 1", "run 2"])
})
