import { newId } from "@eshop/building-blocks/ids"
import { getCustomerData } from "@eshop/domain/contracts/customer-data"
import { CustomerErased } from "@eshop/domain/contracts/ordering-events"
import { requestOf } from "@eshop/domain/contracts/route"
import { afterAll, beforeAll, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { basket, type StockOn, stockOn } from "../testing/stock.ts"

let shop: StockOn

beforeAll(async () => {
  shop = await stockOn(await newDatabase("catalog"))
})
afterAll(() => shop?.store.close())

const ordering = { kind: "service", id: "ordering", roles: ["privacy.read"] } as const
const officer = { kind: "customer", id: "officer", roles: ["privacy.manage"] } as const
const pathOf = (customerId: string) => requestOf(getCustomerData, { customerId }).path.slice(1)
const holdsOf = async (customerId: string) =>
  (await shop.app.as(ordering)("GET", pathOf(customerId))).body.kinds.holds
const hold = async (customerId: string, sku: string) => {
  const holdId = newId()
  const lines = [{ sku, quantity: 2 }]
  const { status } = await shop.app.as(basket)("PUT", `holds/${holdId}`, { lines, customerId })
  expect(status).toBe(200)
  return holdId
}

test("a customer's holds are told to the shop's services alone", async () => {
  const [customerId, sku] = [newId(), await shop.variantWith(10)]
  const holdId = await hold(customerId, sku)
  const time = expect.any(String)
  expect(await holdsOf(customerId)).toEqual([
    { holdId, status: "held", lines: [{ sku, quantity: 2 }], madeAt: time, expiresAt: time },
  ])
  expect((await shop.app.as(officer)("GET", pathOf(customerId))).status).toBe(403)
})

test("a customer who was forgotten owns no hold that was made before; its units stay set aside", async () => {
  const [customerId, sku] = [newId(), await shop.variantWith(10)]
  const before = await hold(customerId, sku)
  const until = new Date()
  const other = await hold(newId(), sku)
  await shop.store.pool.query("UPDATE stock_hold SET made_at = made_at - interval '1 s' WHERE hold_id = $1", [
    before,
  ])
  await shop.store.pool.query("SELECT pg_sleep(0.002)")
  const since = await hold(customerId, sku)
  for (let told = 0; told < 2; told++)
    await shop.app.publish(CustomerErased, { customerId, until: until.toISOString() })
  expect((await holdsOf(customerId)).map(({ holdId }: { holdId: string }) => holdId)).toEqual([since])
  expect(await shop.levelOf(sku)).toEqual([10, 6])
  const { rows } = await shop.store.pool.query(
    "SELECT hold_id, customer_id IS NULL AS free FROM stock_hold WHERE hold_id = ANY($1) ORDER BY made_at",
    [[before, other, since]],
  )
  expect(rows.map(({ free }) => free)).toEqual([true, false, false])
  const { body } = await shop.app.as(officer)("GET", "operations/erasures")
  expect(body.items).toEqual([{ customerId, until: until.toISOString() }])
  // An order may still take the hold over.
  await shop.reserve(newId(), [{ sku, quantity: 2 }], { customerId, holdId: before })
  expect(await shop.levelOf(sku)).toEqual([10, 6])
})
