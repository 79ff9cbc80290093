import { readdirSync, readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { evaluate } from "./evaluate.ts"
import { type Example, examplesIn } from "./testing/examples.ts"
import { explain } from "./words.ts"

const directory = new URL("examples/", import.meta.url)
const files = readdirSync(directory).filter((name) => name.endsWith(".md") && name !== "README.md")
const examplesOf = (file: string) => examplesIn(readFileSync(new URL(file, directory), "utf8"))

const money = (cents: number) => (cents / 100).toFixed(2)

/** What became of the rules of an example, as its row says it. */
function becameOf({ cart, rules }: Example): string[] {
  return evaluate(cart, rules)
    .verdicts.map(explain)
    .map(({ name, outcome, reason, amount }) => {
      if (outcome === "applied") return `${name} ${money(amount.amount)}: ${reason}`
      return `${name} ${outcome === "not-met" ? "not met" : outcome}: ${reason}`
    })
}

/** Σ price × quantity + shipping − Σ off, by the row alone. */
function paidBy({ cart, off }: Example): number {
  const prices = cart.lines.reduce((sum, { unitPrice, quantity }) => sum + unitPrice.amount * quantity, 0)
  const taken = Object.values(off).reduce((sum, amount) => sum + amount, 0)
  return prices + (cart.shipping?.amount ?? 0) - taken
}

test("there are at least two hundred", () => {
  expect(files.map((file) => [file, examplesOf(file).length])).toEqual([
    ["amounts.md", 26],
    ["buy-x-get-y.md", 27],
    ["conditions.md", 27],
    ["groups-and-stops.md", 25],
    ["percentages.md", 26],
    ["scope.md", 25],
    ["shipping-and-all.md", 25],
    ["stacking.md", 25],
  ])
})

describe.each(files)("%s", (file) => {
  test.each(examplesOf(file).map((example) => [example.no, example] as const))("%s", (_, example) => {
    const { lines, shipping } = evaluate(example.cart, example.rules)
    const totals = [...lines, { sku: "shipping", discounts: shipping }].map(
      ({ sku, discounts }) => [sku, discounts.reduce((sum, { amount }) => sum + amount.amount, 0)] as const,
    )
    expect(Object.fromEntries(totals.filter(([, amount]) => amount > 0))).toEqual(example.off)
    expect(becameOf(example)).toEqual(example.became)
  })

  // The rows agree with themselves, whatever the engine does.
  test.each(examplesOf(file).map((example) => [example.no, example] as const))("%s adds up", (_, example) => {
    expect(paidBy(example)).toBe(example.pays)
    const said = example.became.reduce(
      (sum, text) => sum + Number(/ ([\d.]+): /.exec(text)?.[1] ?? 0) * 100,
      0,
    )
    expect(Math.round(said)).toBe(Object.values(example.off).reduce((sum, amount) => sum + amount, 0))
  })
})
