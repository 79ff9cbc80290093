import type { Overview } from "../api/overview.ts"
import type { TraceSummary } from "../api/traces.ts"
import type { Attributes, JsonValue } from "../otlp/records.ts"
import { aboutAddress, read, traceAddress } from "./api.ts"
import { h } from "./dom.ts"
import { durationOf, numberOf, timeOf } from "./format.ts"

const UUID = /([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/i
const HUES = 8
/** Gives each of the shop's own services a colour of its own. */
const SPREAD = 12

/** A service's name in its colour, which is the same on every page. */
export function serviceName(service: string): HTMLElement {
  return h("span", { class: `service ${hueOf(service)}` }, service)
}

/** The class of one of the colours. */
export function hueOf(text: string): string {
  let sum = 0
  for (const character of text) sum = (sum * SPREAD + (character.codePointAt(0) ?? 0)) % 65_521
  return `hue-${sum % HUES}`
}

/** A name that may be broken after its dots. */
export function dotted(name: string): DocumentFragment {
  const fragment = document.createDocumentFragment()
  for (const piece of name.split(/(?<=\.)/)) fragment.append(piece, h("wbr"))
  return fragment
}

/** A moment as time of day; its full date is told on hovering. */
export function moment(time: number): HTMLElement {
  const iso = new Date(time).toISOString()
  return h("time", { datetime: iso, title: iso }, timeOf(time))
}

/** A text in which each UUID leads to all that is about it. */
export function linked(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment()
  for (const [index, piece] of text.split(UUID).entries()) {
    fragment.append(index % 2 === 0 ? piece : h("a", { href: aboutAddress(piece) }, piece))
  }
  return fragment
}

const textOf = (value: JsonValue): string => (typeof value === "string" ? value : JSON.stringify(value))

/** Attributes with their values; undefined without any. */
export function attributeList(attributes: Attributes): HTMLElement | undefined {
  const entries = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))
  if (entries.length === 0) return undefined
  const rows = entries.flatMap(([name, value]) => [
    h("dt", {}, name),
    h("dd", {}, textOf(value).includes("\n") ? h("pre", {}, linked(textOf(value))) : linked(textOf(value))),
  ])
  return h("dl", { class: "attributes" }, ...rows)
}

const traceHeads: readonly Head[] = [
  ...([["Began"], ["What"], ["Services"]] as const),
  ...([
    ["Spans", "number"],
    ["Failed", "number"],
    ["Took", "number"],
  ] as const),
]

/** Traces, one a row. */
export function traceTable(traces: readonly TraceSummary[]): HTMLElement {
  const longest = Math.max(...traces.map(({ durationMs }) => durationMs), 1)
  const rows = traces.map((trace) => {
    const share = h("div", { class: "share" })
    share.style.inlineSize = `${(trace.durationMs / longest) * 100}%`
    return h(
      "tr",
      {},
      h("td", {}, moment(trace.start)),
      h("td", { class: "wide" }, h("a", { href: traceAddress(trace.traceId) }, trace.name || "(no name)")),
      h("td", { class: "services" }, ...trace.services.map(serviceName)),
      h("td", { class: "number" }, numberOf(trace.spans)),
      h(
        "td",
        { class: "number" },
        trace.errors > 0 && h("strong", { class: "error" }, numberOf(trace.errors)),
      ),
      h("td", { class: "number" }, durationOf(trace.durationMs), h("div", { class: "shares" }, share)),
    )
  })
  return table(traceHeads, rows, "Traces")
}

/** The head of a column, and how its cells stand. */
type Head = readonly [text: string, style?: "number"]

/** A table that scrolls by itself where the page is too narrow. */
export function table(heads: readonly Head[], rows: readonly HTMLElement[], label: string): HTMLElement {
  const head = h("tr", {}, ...heads.map(([text, style]) => h("th", { scope: "col", class: style }, text)))
  return h(
    "div",
    { class: "scroll", role: "region", "aria-label": label, tabindex: 0 },
    h("table", {}, h("thead", {}, head), h("tbody", {}, ...rows)),
  )
}

/** A control with its label. */
export const field = (label: string, control: HTMLElement): HTMLElement =>
  h("label", {}, h("span", {}, label), control)

/** A choice of one of the services that have sent something. */
export async function serviceChoice(chosen: string, signal: AbortSignal): Promise<HTMLSelectElement> {
  const { services } = await read<Overview>("overview", undefined, signal)
  const all = chosen === "" || services.includes(chosen) ? services : [...services, chosen]
  return h(
    "select",
    { name: "service" },
    h("option", { value: "" }, "all"),
    ...all.map((name) => h("option", { value: name, selected: name === chosen }, name)),
  )
}

/** What a filter's form says, without what is empty. */
export function filterOf(form: HTMLFormElement): Record<string, string> {
  const entries = [...new FormData(form)].flatMap(([name, value]) =>
    typeof value === "string" && value !== "" ? [[name, value] as const] : [],
  )
  return Object.fromEntries(entries)
}

/** Writes the filter into the address, so that it can be passed on, without showing the view anew. */
export function rememberFilter(address: string): void {
  history.replaceState(null, "", address)
}
