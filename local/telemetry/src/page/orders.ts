import type { OrderSummary } from "../api/about.ts"
import { aboutAddress, read, type View } from "./api.ts"
import { h, repeat, replace } from "./dom.ts"
import { agoOf, numberOf } from "./format.ts"
import { linked, moment, serviceName, table } from "./parts.ts"

const INTERVAL_MS = 2_000

/** The orders that something was heard of, the latest first. */
export async function showOrders({ main, signal, setTitle }: View): Promise<void> {
  setTitle("Orders")
  const list = h("div")
  replace(main, h("h1", {}, "Orders"), list)
  repeat(INTERVAL_MS, signal, async () => {
    const { orders } = await read<{ orders: OrderSummary[] }>("orders", undefined, signal)
    if (!signal.aborted) replace(list, orders.length === 0 ? nothing() : orderTable(orders))
  })
}

const nothing = () =>
  h("p", { class: "empty" }, "No order yet. ", h("code", {}, "npm run order"), " places one.")

const heads = [
  ...([["Order"], ["Last heard of"], ["What it was"]] as const),
  ...([
    ["Warnings", "number"],
    ["Errors", "number"],
  ] as const),
]

function orderTable(orders: readonly OrderSummary[]): HTMLElement {
  const now = Date.now()
  const rows = orders.map(({ id, orderNumber, last, warnings, errors, latest }) =>
    h(
      "tr",
      {},
      h("td", { class: "nowrap" }, h("a", { href: aboutAddress(id), title: id }, orderNumber)),
      h("td", { class: "nowrap" }, agoOf(now - last), " ", h("small", {}, moment(last))),
      h("td", { class: "wide" }, serviceName(latest.service), " ", linked(latest.text)),
      h("td", { class: "number" }, warnings > 0 && h("strong", { class: "warn" }, numberOf(warnings))),
      h("td", { class: "number" }, errors > 0 && h("strong", { class: "error" }, numberOf(errors))),
    ),
  )
  return table(heads, rows, "Orders")
}
