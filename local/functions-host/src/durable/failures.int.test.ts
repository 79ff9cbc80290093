/** Instances that end otherwise than by their own return: how they end, and that the log tells. */

import { afterAll, beforeAll, expect, test } from "vitest"
import { startDurableApp } from "./testing/hub.ts"

let app: Awaited<ReturnType<typeof startDurableApp>>

beforeAll(async () => {
  app = await startDurableApp("durable-features")
})
afterAll(() => app.close())

/** Log lines of the engine about an instance, without their time. */
const linesAbout = (id: string) =>
  app.lines.filter((line) => line.includes(`${id}: Function`)).map((line) => line.replace(/^\[.*?\] /, ""))

test("an orchestration that fails is logged once, with its id, its name and the reason", async () => {
  const id = await app.start("failing")
  await app.reaches(id, "Failed")
  const lines = linesAbout(id)
  expect(lines.length).toBe(1)
  expect(lines[0]?.split("\n")[0]?.trimEnd()).toBe(
    `${id}: Function 'failing (Orchestrator)' failed with an error. Reason: Orchestrator function 'failing' failed: Activity function 'fail' failed:  no luck`,
  )
})

test("an orchestration that returns is not logged", async () => {
  const id = await app.start("fanOut", 2)
  await app.reaches(id, "Completed")
  expect(linesAbout(id)).toEqual([])
})

test("an instance that is terminated from outside is logged, with its reason", async () => {
  const id = await app.start("forever")
  await app.post(`instances/${id}/terminate?reason=enough`)
  await app.reaches(id, "Terminated")
  expect(linesAbout(id)).toEqual([`${id}: Function 'forever (Orchestrator)' was terminated. Reason: enough`])
})

test("a timer with an invalid date fails the instance with a sentence", async () => {
  const id = await app.start("invalidTimer")
  expect((await app.reaches(id, "Failed")).output).toBe(
    "Orchestrator function 'invalidTimer' failed: createTimer was called with an invalid date.",
  )
  expect(app.lines.filter((line) => line.includes("is tried again"))).toEqual([])
})

test("a custom status of 17 KB in UTF-16 is refused, one character less is not", async () => {
  // Two characters are the quotes of the JSON text.
  const limit = (17 * 1024) / 2 - 2
  expect((await app.run("customStatus", { characters: limit - 1 })).json()).toBe("done")
  const id = await app.start("customStatus", { characters: limit })
  const { output, customStatus } = await app.reaches(id, "Failed")
  expect(output).toBe(
    "Orchestrator function 'customStatus' failed: The UTF-16 size of the JSON-serialized payload must not exceed 16 KB. The current payload size is 17 KB.",
  )
  expect(customStatus).toBeNull()
})

test("numbers that JSON lacks arrive as the extension writes them", async () => {
  expect((await app.run("notANumber")).json()).toEqual({ bare: "NaN", inside: [null, null] })
})
