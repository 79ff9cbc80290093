import type { TraceList } from "../api/traces.ts"
import { addressOf, read, type View } from "./api.ts"
import { h, repeat, replace, settled } from "./dom.ts"
import { numberOf } from "./format.ts"
import { field, filterOf, rememberFilter, serviceChoice, traceTable } from "./parts.ts"

const INTERVAL_MS = 2_000

/** The traces that a filter lets through, the newest first. */
export async function showTraces({ main, query, signal, setTitle }: View): Promise<void> {
  setTitle("Traces")
  const value = (name: string) => query.get(name) ?? ""
  const input = (name: string, type: string) =>
    h("input", { name, type, value: value(name), autocomplete: "off" })
  const check = (name: string, on: string) =>
    h("input", { name, type: "checkbox", value: on, checked: value(name) === on })
  const form = h(
    "form",
    { class: "filter" },
    field("Service", await serviceChoice(value("service"), signal)),
    field("Name of a span", input("name", "search")),
    field("Order or other id", input("about", "search")),
    field("At least ms", h("input", { name: "minMs", type: "number", min: 0, value: value("minMs") })),
    field("Only failed", check("errors", "true")),
    field("Without timers", check("kind", "request")),
  )
  const list = h("div", { "aria-live": "off" })
  const draw = async () => {
    const found = await read<TraceList>("traces", new URLSearchParams(filterOf(form)), signal)
    if (!signal.aborted) replace(list, ...contentOf(found))
  }
  const changed = settled(() => {
    rememberFilter(addressOf("traces", filterOf(form)))
    draw().catch((error: Error) => replace(list, h("p", { role: "alert" }, error.message)))
  })
  form.addEventListener("input", changed)
  form.addEventListener("submit", (event) => event.preventDefault())
  replace(main, h("h1", {}, "Traces"), form, list)
  await draw()
  repeat(INTERVAL_MS, signal, draw)
}

function contentOf({ traces, matching }: TraceList): HTMLElement[] {
  if (matching === 0) return [h("p", { class: "empty" }, "No trace of the last hour is like that.")]
  const count =
    matching > traces.length
      ? `The newest ${numberOf(traces.length)} of ${numberOf(matching)}`
      : numberOf(matching)
  return [h("p", {}, `${count} trace${matching === 1 ? "" : "s"}`), traceTable(traces)]
}
