import { expect, it } from "vitest"
import { captureTimeouts, oneCaptureOrOneVoid } from "../payments/timeouts.ts"

it("a capture that times out ends in one capture or one void, in 1,000 of 1,000", async () => {
  const { reconciled, ...came } = await captureTimeouts(1_000)
  expect(came).toEqual(oneCaptureOrOneVoid(1_000))
  expect(reconciled).toMatchObject({ waiting: 0, voided: 0, alarms: 0 })
})
