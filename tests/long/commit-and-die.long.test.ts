import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, beforeAll, expect, test } from "vitest"
import { dieAndPublish, startOutbox } from "../prove/die-and-publish.ts"

const EVENTS = 10_000

let cloud: Cloud
beforeAll(async () => {
  cloud = await startOutbox()
}, 120_000)
afterAll(() => cloud?.stop())

test.each([
  ["before any of them is published", 0],
  ["in the middle of the publishing", EVENTS / 2],
])(
  `${EVENTS} events are committed by a process that dies %s: all are published, each once`,
  async (_, published) => {
    expect(await dieAndPublish(cloud, EVENTS, published)).toEqual({
      diedOf: "SIGKILL",
      left: 0,
      messages: EVENTS,
      different: EVENTS,
    })
  },
  240_000,
)
