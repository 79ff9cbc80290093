import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { expect, test } from "vitest"
import { faultPoints } from "./fault-points.ts"

const task = { instanceId: "order", eventId: 1, name: "capture-payment", input: "[null]" }

test("whoever wants to know is told, and the activity waits for the answer", async () => {
  const told: unknown[] = []
  const server = createServer(async (request, response) => {
    told.push(JSON.parse(await text(request)))
    response.end()
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const reach = faultPoints(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await reach("before", task)
  expect(told).toEqual([{ place: "before", activity: "capture-payment", instanceId: "order" }])
  await reach("after", task)
  expect(told).toHaveLength(2)
  server.close()
  server.closeAllConnections()
  // Nobody is there any more: the host goes on.
  await reach("before", task)
  expect(told).toHaveLength(2)
})

test("nobody wants to know: nothing happens", async () => {
  expect(await faultPoints(undefined)("before", task)).toBe(undefined)
})
