import { readFileSync, writeFileSync } from "node:fs"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Idle, idleOf } from "./idle.ts"
import { type Kind, type Measured, measureBudget } from "./measure-budget.ts"
import { costOf, idleCostOf, readPrices } from "./prices.ts"
import type { Counts, Work } from "./work.ts"

const file = new URL("../budget.json", import.meta.url)

/** What an order may cost, and a day without orders: committed, so that a change of it is seen. */
export type Budget = { readonly orders: Record<Kind, Counts>; readonly idle: Record<string, Idle> }

export const readBudget = (): Budget => JSON.parse(readFileSync(file, "utf8"))

/** Where the work goes: each statement, message and call with how often it came. */
function printWork(work: readonly Work[]): void {
  const counts = new Map<string, number>()
  for (const { kind, what } of work) {
    const line = `${kind.padEnd(12)} ${what}`
    counts.set(line, (counts.get(line) ?? 0) + 1)
  }
  for (const [line, count] of [...counts].sort()) console.log(`    ${String(count).padStart(3)} ${line}`)
}

function print(measured: Record<Kind, Measured>, { idle }: Budget): void {
  const prices = readPrices()
  for (const [kind, { counts, work }] of Object.entries(measured)) {
    console.log(
      `${kind}: ${Object.entries(counts)
        .map(([name, count]) => `${name} ${count}`)
        .join(", ")}`,
    )
    for (const [target, parts] of Object.entries(costOf(counts, prices))) {
      const sum = Object.values(parts).reduce((total, usd) => total + usd, 0)
      const list = Object.entries(parts).map(([name, usd]) => `${name} ${usd.toFixed(4)}`)
      console.log(`  1,000 of them on ${target}: $${sum.toFixed(4)} (${list.join(", ")})`)
    }
    printWork(work)
  }
  for (const [app, day] of Object.entries(idle))
    console.log(
      `a day without orders, ${app}: ${day.executions} runs of timers in ${day.activeSeconds} seconds, ` +
        `$${idleCostOf(day, prices).toFixed(3)} on Flex Consumption`,
    )
  console.log(`prices of ${prices.date}, most of them assumed: bench/prices-2026-11.json says which`)
}

/** Counts what orders cost, prints it with its price and writes bench/budget.json. */
export async function benchBudget(): Promise<void> {
  const measured = await measureBudget(await mkdtemp(join(tmpdir(), "eshop-budget-")))
  const orders = Object.fromEntries(
    Object.entries(measured).map(([kind, { counts }]) => [kind, counts]),
  ) as Record<Kind, Counts>
  const budget: Budget = { orders, idle: idleOf() }
  print(measured, budget)
  writeFileSync(file, `${JSON.stringify(budget, null, 2)}\n`)
}
