import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { OrderPaid } from "@eshop/domain/contracts/ordering-events"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { isSignedWith } from "./testing/receiver.ts"
import { paid, type WebhooksOn, webhooksOn } from "./testing/webhooks.ts"

let url: string
let webhooks: WebhooksOn

beforeAll(async () => {
  url = await newDatabase("ordering")
  webhooks = await webhooksOn(url)
})
afterAll(() => webhooks?.close())
beforeEach(() => webhooks.reset())

const sender = fileURLToPath(new URL("../testing/webhook-sender.ts", import.meta.url))

/** A process that sends whatever is due, and ends when nothing is. */
const startSender = (): ChildProcess =>
  spawn(process.execPath, [sender, url, webhooks.keys], {
    stdio: ["ignore", "ignore", "inherit"],
  })
const idsOf = () => webhooks.receiver.received.map(({ headers }) => headers["webhook-id"])

test("two processes on one database send each delivery once", async () => {
  const { id, secret } = await webhooks.subscribe()
  for (let count = 0; count < 200; count++) await webhooks.app.publish(OrderPaid, paid())
  const senders = [startSender(), startSender()]
  expect(await Promise.all(senders.map(async (one) => (await once(one, "exit"))[0]))).toEqual([0, 0])
  expect([idsOf().length, new Set(idsOf()).size]).toEqual([200, 200])
  expect(webhooks.receiver.received.every((one) => isSignedWith(secret, one))).toBe(true)
  const { rows } = await webhooks.sql(
    "SELECT state, attempts, count(*) FROM webhook_delivery WHERE subscription_id = $1 GROUP BY 1, 2",
    [id],
  )
  expect(rows).toEqual([{ state: "delivered", attempts: 1, count: 200 }])
})

test("a sender that dies between the sending and its record leaves the delivery to another, under the same id", async () => {
  const { id } = await webhooks.subscribe()
  await webhooks.app.publish(OrderPaid, paid())
  // The receiver has it, and its answer never comes: the sender dies meanwhile.
  const arrived = new Promise<void>((resolve) => webhooks.receiver.answerWith(() => resolve()))
  const dying = startSender()
  await arrived
  dying.kill("SIGKILL")
  await once(dying, "exit")
  webhooks.receiver.answerWith((response) => response.writeHead(200).end())
  await webhooks.deliver()
  expect(idsOf()).toHaveLength(1)
  await webhooks.later()
  await webhooks.deliver()
  const [delivery] = await webhooks.log(id)
  expect(idsOf()).toEqual([delivery.id, delivery.id])
  expect(delivery).toMatchObject({ state: "delivered", attempts: 1 })
})

test("a record that comes after a replay does not undo it", async () => {
  const { id } = await webhooks.subscribe()
  await webhooks.app.publish(OrderPaid, paid())
  const { deliveries } = webhooks.ordering.ports
  const [claimed] = await deliveries.claim(id, 1, 60)
  if (!claimed) throw new Error("nothing was due")
  const record = { state: "pending", delaySeconds: 5, attempt: { status: 500, milliseconds: 1 } } as const
  await deliveries.record(claimed, record)
  await webhooks.send("POST", `operations/webhooks/${id}/deliveries/${claimed.id}/replay`)
  await webhooks.deliver()
  await deliveries.record({ ...claimed, attempts: 1 }, record)
  expect(await webhooks.log(id)).toMatchObject([{ state: "delivered", attempts: 1 }])
})
