import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { newId } from "@eshop/building-blocks/ids"
import { BasketCheckedOut } from "@eshop/domain/contracts/basket-events"
import { OrderCancelled, OrderPaid } from "@eshop/domain/contracts/ordering-events"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { loggedNotices } from "../adapters/logged-notices.ts"
import { noticeFolder } from "../adapters/notice-folder.ts"
import { orderingOn } from "../testing/ordering.ts"
import type { Notice, Notices } from "./ports.ts"

let ordering: Awaited<ReturnType<typeof orderingOn>>

beforeAll(async () => {
  ordering = await orderingOn(await newDatabase("ordering"))
})
afterAll(() => ordering?.store.close())
beforeEach(async () => {
  await sql("DELETE FROM notice")
})

const sql = (text: string, values: unknown[] = []) => ordering.store.pool.query(text, values)

/** An order that is there. @returns its ids, as events say them */
async function placed(customerId = newId()) {
  const { checkout } = ordering.newCheckout({ customerId })
  await ordering.appWith().publish(BasketCheckedOut, checkout)
  return { orderId: checkout.checkoutId, customerId }
}
const paid = (ids: { orderId: string; customerId: string }) => ({ ...OrderPaid.example, ...ids })

/** Where notices go in a test, which may fail as often as it is told. */
function recorded(failures = 0) {
  const sent: Notice[] = []
  let left = failures
  const delivery: Notices = {
    async send(notice) {
      if (left-- > 0) throw new Error(`${notice.to.address} was refused`)
      sent.push(notice)
    },
    async forget() {},
  }
  return { sent, delivery }
}

describe("an event of an order", () => {
  test("is one notice to its customer, however often it comes and whoever sends", async () => {
    const { sent, delivery } = recorded()
    const [first, second] = [ordering.appWith({ delivery }), ordering.appWith({ delivery })]
    const orders = await Promise.all(Array.from({ length: 30 }, () => placed()))
    for (const ids of orders) {
      const id = await first.publish(OrderPaid, paid(ids))
      await Promise.all([first.publish(OrderPaid, paid(ids), id), second.publish(OrderPaid, paid(ids), id)])
    }
    await Promise.all([first, second, first, second].map((app) => app.tick("ordering.send-notices")))
    expect(sent.map(({ kind }) => kind)).toEqual(Array(30).fill("order-confirmed"))
    expect(new Set(sent.map(({ text }) => /orders\/(\S+)/.exec(text)?.[1])).size).toBe(30)
    expect((await sql("SELECT * FROM notice")).rows).toEqual([])
  })

  test("leads a guest to the order by a token, a customer without one", async () => {
    const { sent, delivery } = recorded()
    const app = ordering.appWith({ delivery })
    const [customer, guest] = [await placed(), await placed(`guest-${newId()}`)]
    for (const ids of [customer, guest]) await app.publish(OrderPaid, paid(ids))
    await app.tick("ordering.send-notices")
    const linkTo = ({ orderId }: { orderId: string }) =>
      sent.map(({ text }) => /https:\S+/.exec(text)?.[0] ?? "").find((link) => link.includes(orderId))
    expect(linkTo(customer)).toBe(`https://shop.example/orders/${customer.orderId}`)
    expect(linkTo(guest)).toMatch(new RegExp(`^https://shop.example/orders/${guest.orderId}#token=`))
  })

  test("that comes after its customer was forgotten is told to nobody", async () => {
    const { sent, delivery } = recorded()
    const app = ordering.appWith({ delivery })
    const ids = await placed()
    await app.publish(OrderCancelled, { ...ids, reason: "customer.asked" })
    await sql("DELETE FROM personal_data WHERE subject = $1", [ids.orderId])
    await app.tick("ordering.send-notices")
    expect([sent, (await sql("SELECT * FROM notice")).rows]).toEqual([[], []])
  })
})

describe("a notice that cannot be sent", () => {
  test("waits longer and longer, and is sent under the same id; no log names whom it is for", async () => {
    const { sent, delivery } = recorded(2)
    const app = ordering.appWith({ delivery })
    await app.publish(OrderPaid, paid(await placed()))
    expect(await app.tick("ordering.send-notices")).toEqual({ sent: 0, againInMs: 30_000 })
    const waiting = await sql(
      "SELECT id, attempts, round(extract(epoch FROM due_at - now()))::int AS seconds FROM notice",
    )
    expect(waiting.rows).toMatchObject([{ attempts: 1 }])
    expect([28, 29, 30]).toContain(waiting.rows[0].seconds)
    expect(await app.tick("ordering.send-notices")).toEqual({ sent: 0 })
    expect(sent).toEqual([])
    for (let attempt = 0; attempt < 2; attempt++) {
      await sql("UPDATE notice SET due_at = now()")
      await app.tick("ordering.send-notices")
    }
    expect(sent.map(({ id }) => id)).toEqual([waiting.rows[0].id])
    expect(app.log.join("\n")).not.toContain("mehmet@example.com")
  })

  test("for three days is given up, and an alarm tells", async () => {
    const { sent, delivery } = recorded(1)
    const app = ordering.appWith({ delivery })
    await app.publish(OrderPaid, paid(await placed()))
    await sql("UPDATE notice SET attempts = 79")
    await app.tick("ordering.send-notices")
    expect([sent, (await sql("SELECT * FROM notice")).rows]).toEqual([[], []])
    expect(app.log.filter((line) => line.includes("undelivered-notice"))).toHaveLength(1)
  })

  test("because its sender died is sent by another once the lease has ended", async () => {
    const { sent, delivery } = recorded()
    const app = ordering.appWith({ delivery })
    await app.publish(OrderPaid, paid(await placed()))
    await ordering.ports.notices.claim(20, 120)
    await app.tick("ordering.send-notices")
    expect(sent).toEqual([])
    await sql("UPDATE notice SET due_at = now()")
    await app.tick("ordering.send-notices")
    expect(sent).toHaveLength(1)
  })
})

describe("where notices go", () => {
  const notice: Notice = {
    id: newId(),
    orderId: newId(),
    kind: "order-link",
    language: "en",
    to: { name: "Mehmet Yılmaz", address: "mehmet@example.com" },
    subject: "The way",
    text: "Here it is",
    html: "<p>Here it is</p>",
  }

  test("may be a folder: a file for each, which only its owner reads, and one of a notice that is sent twice", async () => {
    const root = await mkdtemp(join(tmpdir(), "eshop-notices-"))
    const folder = join(root, "notices")
    await noticeFolder(folder).send(notice)
    await noticeFolder(folder).send(notice)
    expect(await readdir(folder)).toEqual([`${notice.orderId}.${notice.id}.json`])
    const file = join(folder, `${notice.orderId}.${notice.id}.json`)
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual(notice)
    expect([(await stat(file)).mode & 0o777, (await stat(folder)).mode & 0o777]).toEqual([0o600, 0o700])
    await rm(root, { recursive: true })
  })

  test("may be a log, which says nothing of whom they are for", async () => {
    const lines: unknown[] = []
    await loggedNotices((...line) => lines.push(line)).send(notice)
    expect(lines).toEqual([
      ["a notice would go out", { noticeId: notice.id, kind: "order-link", language: "en" }],
    ])
  })
})
