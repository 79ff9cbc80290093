import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import budget from "../budget.json" with { type: "json" }
import { idleCostOf, readPrices } from "./prices.ts"

const { orders, idle } = budget
const text = readFileSync(new URL("../../docs/benchmarks.md", import.meta.url), "utf8")
const kinds = {
  "without a coupon": orders.plain,
  "with a coupon": orders.coupon,
  "declined, with a coupon": orders.cancelled,
  "a first piece in a cart": orders.cart,
}

test("docs/benchmarks.md says what an order costs", () => {
  const rows = Object.entries(kinds).map(([kind, counts]) => {
    const { transactions, statements, messages, storageOperations, cacheOperations } = counts
    const calls = `${counts.serviceCalls} + ${counts.providerCalls}`
    const cells = [kind, transactions, statements, messages, storageOperations, cacheOperations, calls]
    return `| ${[...cells, counts.activities, counts.historyEvents].join(" | ")} |`
  })
  expect(text).toContain(`|---|---|---|---|---|---|---|---|---|\n${rows.join("\n")}\n`)
})

test("docs/benchmarks.md says what a day without orders costs", () => {
  const prices = readPrices()
  const rows = Object.entries(idle).map(([app, day]) => {
    const cells = [app, day.executions, day.activeSeconds, idleCostOf(day, prices).toFixed(3)]
    return `| ${cells.join(" | ")} |`
  })
  expect(text).toContain(`|---|---|---|---|\n${rows.join("\n")}\n`)
})
