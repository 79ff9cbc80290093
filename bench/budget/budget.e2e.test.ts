import { expect, test } from "vitest"
import { preparedData } from "../../tests/fixtures/prepared-data.ts"
import { readBudget } from "./budget.ts"
import { idleOf } from "./idle.ts"
import { measureBudget } from "./measure-budget.ts"

const hint = "`npm run bench -- budget` says where the work goes and writes bench/budget.json anew"

test("an order costs what bench/budget.json says", async () => {
  const measured = await measureBudget(await preparedData("shop"))
  const orders = Object.fromEntries(Object.entries(measured).map(([kind, { counts }]) => [kind, counts]))
  expect(orders, hint).toEqual(readBudget().orders)
}, 600_000)

test("a day without orders costs what bench/budget.json says", () => {
  expect(idleOf(), hint).toEqual(readBudget().idle)
})
