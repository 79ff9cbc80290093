import type { CommandCall } from "@eshop/building-blocks/app/call"
import { newId } from "@eshop/building-blocks/ids"
import { BasketCheckedOut } from "@eshop/domain/contracts/basket-events"
import { commands } from "@eshop/domain/ordering/testing/given"
import { afterAll, beforeAll, expect, test } from "vitest"
import { startBlobContainer } from "../../../../tests/fixtures/blob-storage.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { blobDigests } from "../adapters/blob-digests.ts"
import { changeOrder } from "../orders/change-order.ts"
import { operator, orderingOn } from "../testing/ordering.ts"
import { digestHeads } from "./digest-heads.ts"
import type { Digests } from "./ports.ts"

let blobs: Awaited<ReturnType<typeof startBlobContainer>>
let ordering: Awaited<ReturnType<typeof orderingOn>>
let digests: Digests

beforeAll(async () => {
  blobs = await startBlobContainer("digests")
  ordering = await orderingOn(await newDatabase("ordering"))
  digests = blobDigests({ connectionString: blobs.connectionString, name: "digests" })
})
afterAll(async () => {
  await ordering?.store.close()
  await blobs?.stop()
})

const app = () => ordering.appWith({ digests })
const get = async (path: string) => (await app().as(operator)("GET", `operations/verification/${path}`)).body

async function submitted(): Promise<string> {
  const { checkout } = ordering.newCheckout()
  await app().publish(BasketCheckedOut, checkout)
  return checkout.checkoutId
}

async function verified() {
  const problems: Record<string, string[]> = {}
  let orders = 0
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: { items: { orderId: string; problems: { code: string }[] }[]; nextCursor: string | null } =
      await get(`orders?limit=3${cursor && `&cursor=${cursor}`}`)
    orders += page.items.length
    for (const { orderId, problems: told } of page.items)
      if (told.length > 0) problems[orderId] = told.map(({ code }) => code)
    cursor = page.nextCursor
  }
  return { orders, problems }
}

/** The day's changes as if they were of an earlier one: the digest of a day takes what changed last within it. */
const changedOn = (orderId: string, day: string) =>
  ordering.store.pool.query("UPDATE orders SET changed_at = $2 WHERE id = $1", [orderId, `${day}T12:00:00Z`])
const digestOn = (day: string) =>
  digestHeads.handle({ orders: ordering.ports.orders, digests })(
    {} as never,
    {
      now: new Date(`${day}T00:10:00Z`),
    } as CommandCall,
  )

test("every order is verified, page by page; one that somebody changed in the database is named", async () => {
  const ids: string[] = []
  for (let count = 0; count < 7; count++) ids.push(await submitted())
  const proofs = "the example's proof is none"
  const none = Object.fromEntries(ids.map((id) => [id, ["price-proof.unreadable"]]))
  expect([proofs, await verified()]).toEqual([proofs, { orders: 7, problems: none }])
  await ordering.store.pool.query("DELETE FROM price_proof")
  expect(await verified()).toEqual({ orders: 7, problems: {} })
  const [changed, cut] = ids as [string, string]
  await ordering.store.pool.query(`UPDATE orders SET state = state || '{"status": "Closed"}' WHERE id = $1`, [
    changed,
  ])
  await ordering.store.pool.query("DELETE FROM order_event WHERE order_id = $1 AND version = 2", [cut])
  expect((await verified()).problems).toEqual({
    [changed]: ["order.differs"],
    [cut]: ["stream.head", "order.differs"],
  })
})

test("the ends of a day's streams are kept once, and a stream that was written anew is found by them", async () => {
  const [first, second] = [await submitted(), await submitted()]
  await ordering.store.pool.query("UPDATE orders SET changed_at = '2026-10-01T12:00:00Z'")
  await changedOn(first, "2026-10-02")
  await changedOn(second, "2026-10-03")
  expect(await digestOn("2026-10-03")).toEqual({ digests: 1, heads: 1 })
  // Two days at once: the timer did not run in between.
  expect(await digestOn("2026-10-05")).toEqual({ digests: 2, heads: 1 })
  expect(await digestOn("2026-10-05")).toEqual({ digests: 0, heads: 0 })
  expect(await get("digests")).toEqual({ days: ["2026-10-02", "2026-10-03", "2026-10-04"] })
  const days = [
    await get("digests/2026-10-02"),
    await get("digests/2026-10-03"),
    await get("digests/2026-10-04"),
  ]
  expect(days.map(({ heads, problems, previous }) => ({ heads, problems, previous }))).toEqual([
    { heads: 1, problems: [], previous: undefined },
    { heads: 1, problems: [], previous: days[0].sha256 },
    { heads: 0, problems: [], previous: days[1].sha256 },
  ])
  expect((await app().as(operator)("GET", "operations/verification/digests/2026-10-09")).status).toBe(404)

  // What goes on behind the end that was kept is no problem.
  await ordering.store.unitOfWork.transaction((tx) =>
    changeOrder(ordering.ports, tx, first, (order) => commands.confirmStock(order, {}, new Date()), {
      now: new Date(),
      newId,
    } as never),
  )
  expect((await get("digests/2026-10-02")).problems).toEqual([])
  // Somebody who writes the whole chain anew is found all the same.
  await ordering.store.pool.query(
    "UPDATE order_event SET hash = md5(hash) WHERE order_id = $1 AND version = 2",
    [second],
  )
  expect((await get("digests/2026-10-03")).problems).toEqual([{ orderId: second, version: 2 }])
})
