import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import budget from "../budget.json" with { type: "json" }

const { orders } = budget
const kinds = {
  "without a coupon": orders.plain,
  "with a coupon": orders.coupon,
  "declined, with a coupon": orders.cancelled,
  "a first piece in a cart": orders.cart,
}

test("docs/benchmarks.md says what an order costs", () => {
  const text = readFileSync(new URL("../../docs/benchmarks.md", import.meta.url), "utf8")
  const rows = Object.entries(kinds).map(([kind, counts]) => {
    const { transactions, statements, messages, storageOperations, cacheOperations } = counts
    const calls = `${counts.serviceCalls} + ${counts.providerCalls}`
    const cells = [kind, transactions, statements, messages, storageOperations, cacheOperations, calls]
    return `| ${[...cells, counts.activities, counts.historyEvents].join(" | ")} |`
  })
  expect(text).toContain(`|---|---|---|---|---|---|---|---|---|\n${rows.join("\n")}\n`)
})
