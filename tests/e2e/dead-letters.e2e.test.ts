import { execFile } from "node:child_process"
import { randomUUID } from "node:crypto"
import { join } from "node:path"
import { ServiceBusClient } from "@azure/service-bus"
import { StockReserved } from "@eshop/domain/contracts/catalog-events"
import { type CloudEvent, type EventDefinition, toCloudEvent } from "@eshop/domain/contracts/event"
import { OrderCreated, OrderPaid } from "@eshop/domain/contracts/ordering-events"
import { usd } from "@eshop/domain/kernel/money"
import { type AppName, repositoryRoot } from "@eshop/local-cloud/settings"
import { someAddress } from "@eshop/local-cloud/shop/shop-client"
import { afterAll, beforeAll, expect, it } from "vitest"
import type { z } from "zod"
import { eventually, products, type RunningShop, runShop } from "./running-shop.ts"

let running: RunningShop
let client: ServiceBusClient

beforeAll(async () => {
  running = await runShop()
  client = new ServiceBusClient(running.cloud.connections.serviceBus)
})
afterAll(async () => {
  await client.close()
  await running.stop()
})

/** Runs `npm run dead-letters -- …` against this shop. */
function deadLetters(...args: string[]): Promise<{ code: number; output: string }> {
  const { gateway, identity } = running.cloud.ports
  const program = join(repositoryRoot, "local/cloud/src/dead-letters.ts")
  const ports = ["--gateway-port", String(gateway), "--identity-port", String(identity)]
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args, ...ports], (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr })
    })
  })
}
async function listed(app: AppName): Promise<object[]> {
  const { output } = await deadLetters("list", "--app", app, "--json")
  return JSON.parse(output)
}

async function health(app: AppName): Promise<{ status: string; degraded: string[] }> {
  const response = await fetch(`${running.cloud.connections.apps[app]}/health/ready`)
  const { status, degraded } = (await response.json()) as { status: string; degraded: string[] }
  return { status, degraded }
}
const withParked = (count: number) => ({ status: "degraded", degraded: [`parked messages: ${count}`] })
const eventuallyParked = async (app: AppName, count: number) =>
  expect(
    await eventually(
      () => health(app),
      ({ degraded }) => degraded.includes(`parked messages: ${count}`),
    ),
  ).toEqual(withParked(count))

const eventOf = <T extends z.ZodType>(event: EventDefinition<T>, subject: string, data: z.input<T>) =>
  toCloudEvent(event, { id: randomUUID(), time: new Date(), subject }, data)
/** Straight to the broker, as no app of ours would. */
async function publish({ topic, type }: EventDefinition<z.ZodType>, bodies: readonly unknown[]) {
  const sender = client.createSender(topic)
  await sender.sendMessages(
    bodies.map((body) => ({ body, messageId: (body as CloudEvent).id ?? String(body), subject: type })),
  )
  await sender.close()
}

const OF_A_TEST = { customerId: "of-a-test" }
const created = (orderId: string, quantity: number) =>
  eventOf(OrderCreated, orderId, { ...OF_A_TEST, orderId, lines: [{ sku: products.htc, quantity }] })
const stock = async (sku: string) => {
  const { onHand, reserved } = await running.shop.stock(sku)
  return { onHand, reserved }
}
async function receiveGoods(sku: string, quantity: number): Promise<void> {
  const keeper = await running.shop.roleToken("inventory.write")
  const body = { type: "change", quantity, reason: "goods.received" }
  const headers = { "idempotency-key": randomUUID() }
  const path = `/catalog/stock/${sku}/adjustments`
  running.shop.expect(await running.shop.send(keeper, "POST", path, { body, headers }), 200)
}
const stockBecomes = async (sku: string, expected: { onHand: number; reserved: number }) =>
  expect(
    await eventually(
      () => stock(sku),
      ({ onHand, reserved }) => onHand === expected.onHand && reserved === expected.reserved,
    ),
  ).toEqual(expected)

it("what cannot be handled is parked with its reason beside its neighbours, and redriven once what it lacked is there", async () => {
  const { onHand } = await stock(products.htc)
  const orderId = randomUUID()
  // Paid, and Catalog has neither heard of the order nor so many units.
  const lines = [{ sku: products.htc, quantity: onHand + 1 }]
  const early = eventOf(OrderPaid, orderId, { ...OF_A_TEST, orderId, total: usd(760_00), lines })
  // Of a type that Catalog alone consumes.
  const broken = { ...eventOf(OrderCreated, orderId, OrderCreated.example), data: { orderId } }
  await publish(OrderCreated, [created(randomUUID(), 1), broken, "no event"])
  await publish(OrderPaid, [early])
  await publish(OrderCreated, [created(randomUUID(), 1)])
  await stockBecomes(products.htc, { onHand, reserved: 2 })
  await eventuallyParked("catalog", 3)

  const parked = {
    app: "catalog",
    store: "parked",
    topic: "ordering-events",
    ...{ at: expect.any(String), detail: expect.any(String) },
  }
  const ofEvent = { ...parked, source: OrderPaid.source, type: OrderPaid.type, subject: orderId }
  const waiting = await listed("catalog")
  expect(waiting).toHaveLength(3)
  expect(waiting).toEqual(
    expect.arrayContaining([
      {
        ...{ ...ofEvent, eventId: early.id, reason: "stock.gone" },
        body: { ...early, data: { ...(early.data as object), customerId: "[redacted]" } },
      },
      {
        ...{ ...ofEvent, type: OrderCreated.type, eventId: broken.id, reason: "broken-schema" },
        body: broken,
      },
      {
        ...{ ...parked, source: "unknown", type: "", eventId: "no event", reason: "broken-schema" },
        body: "no event",
      },
    ]),
  )
  const list = await deadLetters("list")
  expect(list.code).toBe(0)
  expect(list.output.split("\n")).toContainEqual(
    expect.stringMatching(
      `^parked  catalog  ${OrderPaid.type}  ${orderId}  stock.gone  \\d+ s  --app catalog --source /eshop/ordering --event ${early.id}$`,
    ),
  )
  expect(list.output.trimEnd().split("\n").at(-1)).toBe("Messages: 3 shown, 3 parked altogether.")

  await receiveGoods(products.htc, onHand + 1)
  await stockBecomes(products.htc, { onHand: 2 * onHand + 1, reserved: 2 })
  const one = ["redrive", "--app", "catalog", "--source", early.source, "--event", early.id]
  expect(await deadLetters(...one)).toEqual({
    code: 0,
    output: "catalog: 1 parked and 0 dead-lettered are on their way again, 0 are left.\n",
  })
  await stockBecomes(products.htc, { onHand, reserved: 2 })
  const again = await deadLetters(...one)
  expect(again.code).toBe(1)
  expect(again.output).toContain("No such message waits here.")

  // The broken one comes back; nothing here could take what is no event.
  expect(await deadLetters("redrive", "--all")).toEqual({
    code: 1,
    output: [
      "catalog: 1 parked and 0 dead-lettered are on their way again, 1 are left.",
      "basket: 0 parked and 0 dead-lettered are on their way again, 0 are left.",
      "ordering: 0 parked and 0 dead-lettered are on their way again, 0 are left.\n",
    ].join("\n"),
  })
  await eventuallyParked("catalog", 2)
  await stockBecomes(products.htc, { onHand, reserved: 2 })
})

/** Lets Basket's subscription have Catalog's answers as well, so that a redrive to Ordering has somebody to miss. */
async function letBasketListen(): Promise<void> {
  const rules = client.createRuleManager(StockReserved.topic, "basket")
  const sqlExpression = `sys.Label = '${StockReserved.type}' AND ([redrive-to] IS NULL OR [redrive-to] = 'basket')`
  await rules.createRule("answers", { sqlExpression })
}

/** Checks out, and dead-letters Catalog's answer to the order before Ordering has it. */
async function orderWithoutAnswer() {
  const customer = await running.shop.signIn("forgotten")
  await customer.putItem(products.iphone, 1)
  // While Catalog is away nobody can ask for the country's taxes.
  await customer.send("PUT", "/basket/cart/delivery", { body: { country: someAddress.country } })
  const catalogReturns = running.cloud.part("catalog").takeAway()
  const { body } = await customer.checkout({
    shippingAddress: someAddress,
    paymentMethod: "pm_card_visa",
    expectedTotal: usd(800_00),
  })
  const questions = client.createReceiver(OrderCreated.topic, "catalog")
  await eventually(
    () => questions.peekMessages(1),
    (messages) => messages.length > 0,
  )
  await questions.close()
  const orderingReturns = running.cloud.part("ordering").takeAway()
  await catalogReturns()
  const answers = client.createReceiver(StockReserved.topic, "ordering")
  const [answer] = await answers.receiveMessages(1, { maxWaitTimeInMs: 20_000 })
  if (!answer) throw new Error("Catalog gave no answer")
  await answers.deadLetterMessage(answer, {
    deadLetterReason: "Overlooked",
    deadLetterErrorDescription: "by a test",
  })
  await answers.close()
  await orderingReturns()
  return { customer, orderId: body.orderId, answer: answer.body as CloudEvent }
}

it("an event in the broker's dead-letter queue is redriven to the one context, and its order goes on to its end", async () => {
  const { onHand } = await stock(products.iphone)
  const { customer, orderId, answer } = await orderWithoutAnswer()
  expect(await listed("ordering")).toEqual([
    {
      app: "ordering",
      store: "broker",
      source: StockReserved.source,
      eventId: answer.id,
      type: StockReserved.type,
      topic: StockReserved.topic,
      reason: "Overlooked",
      detail: "by a test",
      subject: orderId,
      at: expect.any(String),
      body: answer,
    },
  ])
  expect((await customer.order(orderId)).body.status).toBe("AwaitingStock")
  // Under its own message id the broker takes it for a repetition: it reaches nobody.
  await publish(StockReserved, [answer])

  await letBasketListen()
  const one = ["redrive", "--app", "ordering", "--source", answer.source, "--event", answer.id]
  expect(await deadLetters(...one)).toEqual({
    code: 0,
    output: "ordering: 0 parked and 1 dead-lettered are on their way again, 0 are left.\n",
  })
  expect((await customer.ended(orderId)).status).toBe("Paid")
  expect((await customer.timeline(orderId)).events.map(({ type }) => type)).toEqual([
    "OrderSubmitted",
    "StockRequested",
    "StockConfirmed",
    "OrderPaid",
  ])
  await stockBecomes(products.iphone, { onHand: onHand - 1, reserved: 0 })
  expect(await running.paymentsOf(orderId)).toMatchObject([{ status: "succeeded", amount_received: 800_00 }])
  expect((await deadLetters(...one)).code).toBe(1)

  // Basket would have heard it, as it hears one that is for everybody.
  const other = randomUUID()
  const forAll = eventOf(StockReserved, other, { ...StockReserved.example, orderId: other })
  await publish(StockReserved, [forAll])
  await eventuallyParked("basket", 1)
  expect(await listed("basket")).toMatchObject([{ eventId: forAll.id, reason: "no-handler" }])
  expect(await deadLetters("redrive", "--all", "--app", "basket")).toEqual({
    code: 1,
    output: "basket: 0 parked and 0 dead-lettered are on their way again, 1 are left.\n",
  })
})
