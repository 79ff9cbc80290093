import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, beforeAll, expect, test } from "vitest"
import { dieAndPublish, startOutbox } from "./die-and-publish.ts"

/** What becomes of so many events whose process dies between their commit and the end of their publishing. */
export function publishesEachOnce(events: number): void {
  let cloud: Cloud
  beforeAll(async () => {
    cloud = await startOutbox()
  }, 120_000)
  afterAll(() => cloud?.stop())

  test.each([
    ["before any of them is published", 0],
    ["in the middle of the publishing", events / 2],
  ])(
    `${events} events are committed by a process that dies %s: all are published, each once`,
    async (_, published) => {
      expect(await dieAndPublish(cloud, events, published)).toEqual({
        diedOf: "SIGKILL",
        left: 0,
        messages: events,
        different: events,
      })
    },
    240_000,
  )
}
