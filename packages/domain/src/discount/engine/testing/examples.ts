import { usd } from "../../../kernel/money.ts"
import type { Cart, NamedRule } from "../cart.ts"
import type { Effect, Scope } from "../rule.ts"
import { cartOf, categoryIdOf, lineOf, productIdOf, promotionOf } from "./carts.ts"

/** A row of the worked examples: what is given, and what is expected as the row says it. */
export type Example = {
  readonly no: string
  readonly cart: Cart
  readonly rules: readonly NamedRule[]
  /** Cents by SKU, and of the shipping. */
  readonly off: Readonly<Record<string, number>>
  readonly pays: number
  readonly became: readonly string[]
}

const categories: Record<string, string[]> = {
  PHONE: ["phones", "electronics"],
  CASE: ["accessories", "electronics"],
  PLUG: ["electronics"],
  BOOK: ["books"],
  CHAIR: ["furniture", "home"],
  DESK: ["furniture", "home"],
}

const cents = (text: string): number => Number(text.replace(".", ""))
const rateOf = (text: string): number => Math.round(Number(text) * 1_000)
const listOf = (text: string, separator = ", "): string[] => text.split(separator).filter(Boolean)
const AMOUNT = /^\d+\.\d\d$/

/** The cells of a table's rows, each under its column's name. */
function tablesOf(markdown: string): Record<string, string>[][] {
  const blocks = markdown
    .split(/\n\n+/)
    .map((block) => block.split("\n").filter((line) => line.startsWith("|")))
  return blocks
    .filter((lines) => lines.length > 2)
    .map(([head, , ...rows]) => {
      const cells = (line = "") =>
        line
          .slice(1, -1)
          .split("|")
          .map((cell) => cell.trim())
      const names = cells(head)
      return rows.map((row) => Object.fromEntries(cells(row).map((cell, index) => [names[index], cell])))
    })
}

function effectOf(text: string): Effect {
  if (text === "shipping") return { kind: "free-shipping" }
  const [amount = "", each] = text.split(" ")
  if (AMOUNT.test(amount))
    return { kind: each === "each" ? "amount-per-unit" : "amount", amount: usd(cents(amount)) }
  const percentage = /^([\d.]+) %$/.exec(text)
  if (percentage) return { kind: "percentage", rate: rateOf(percentage[1] as string) }
  const get = /^buy (\d+) get (\d+) (?:free|at ([\d.]+) % off)(?: of (.+))?$/.exec(text)
  if (!get) throw new Error(`takes off what? ${text}`)
  const of = get[4] === undefined ? undefined : scopeOf(get[4])
  const rate = get[3] === undefined ? 100_000 : rateOf(get[3])
  return { kind: "buy-x-get-y", buy: Number(get[1]), get: Number(get[2]), rate, ...(of && { of }) }
}

function scopeOf(text: string): Scope | undefined {
  if (text === "everything") return undefined
  const scope: Scope = {}
  for (const part of listOf(text)) {
    const [kind = "", name = ""] = part.split(" ")
    if (kind === "category") scope.categories = [...(scope.categories ?? []), categoryIdOf(name)]
    else if (kind === "product") scope.products = [...(scope.products ?? []), productIdOf(name)]
    else scope.skus = [...(scope.skus ?? []), kind]
  }
  return scope
}

function conditionsOf(text: string) {
  const rule: { enabled?: boolean; validFrom?: string; validUntil?: string } = {}
  const conditions: NonNullable<NamedRule["conditions"]> = {}
  for (const part of listOf(text)) {
    const [word = "", ...rest] = part.split(" ")
    if (word === "from") conditions.minimumOrderValue = usd(cents(rest[0] as string))
    else if (rest[0] === "units") conditions.minimumQuantity = Number(word)
    else if (part === "first order") conditions.firstOrderOnly = true
    else if (word === "group") conditions.customerGroups = listOf(rest.join(" "), " or ")
    else if (word === "since") rule.validFrom = rest[0] as string
    else if (word === "until") rule.validUntil = rest[0] as string
    else if (word === "off") rule.enabled = false
    else throw new Error(`if what? ${part}`)
  }
  return { ...rule, conditions }
}

function ruleOf(row: Record<string, string>): NamedRule {
  const [sortOrder, word, group] = (row.Order as string).split(" ")
  const scope = scopeOf(row.On as string)
  const [name = "", code] = (row.Rule as string).startsWith("code ")
    ? [row.Rule?.slice(5), row.Rule?.slice(5)]
    : [row.Rule]
  const {
    promotionId,
    couponCode: _,
    ...rule
  } = promotionOf(name, effectOf(row["Takes off"] as string), {
    ...conditionsOf(row.If as string),
    ...(scope && { scope }),
    stacking: {
      sortOrder: Number(sortOrder),
      combines: word === "combines",
      stops: word === "stops",
      ...(word === "group" && { group: group as string }),
    },
  })
  return code === undefined ? { ...rule, promotionId: promotionId as string } : { ...rule, couponCode: code }
}

function readCart(text: string): Cart {
  const [goods = "", ...more] = listOf(text, "; ")
  const lines = listOf(goods).map((part) => {
    const [, quantity = "1", sku = "", price = ""] = /^(?:(\d+) × )?([A-Z-]+) ([\d.]+)$/.exec(part) ?? []
    return lineOf(sku, cents(price), Number(quantity), categories[sku.split("-")[0] as string])
  })
  let cart = cartOf(lines)
  for (const part of more) {
    const [word = "", value = ""] = part.split(" ")
    if (word === "shipping") cart = { ...cart, shipping: usd(cents(value)) }
    else if (part === "ordered before") cart = { ...cart, hasOrdered: true }
    else if (word === "at") cart = { ...cart, at: new Date(value) }
    else cart = { ...cart, customerGroups: [...cart.customerGroups, part] }
  }
  return cart
}

/** The examples of a file: its first table are the rules, its second the rows. */
export function examplesIn(markdown: string): Example[] {
  const [ruleRows = [], rows = []] = tablesOf(markdown)
  const rules = new Map(ruleRows.map(ruleOf).map((rule) => [rule.name, rule]))
  return rows.map((row) => ({
    no: row.No as string,
    cart: readCart(row.Cart as string),
    rules: listOf(row.Rules as string).map((name) => {
      const rule = rules.get(name)
      if (!rule) throw new Error(`no rule ${name}`)
      return rule
    }),
    off:
      row.Off === "–"
        ? {}
        : Object.fromEntries(
            listOf(row.Off as string).map((part) => {
              const [what = "", amount = ""] = part.split(" ")
              return [what, cents(amount)]
            }),
          ),
    pays: cents(row.Pays as string),
    became: listOf(row["What became of the rules"] as string, " · "),
  }))
}
