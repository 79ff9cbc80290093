import type { About, Happening } from "../api/about.ts"
import { addressOf, read, traceAddress, type View } from "./api.ts"
import { h, repeat, replace } from "./dom.ts"
import { agoOf, durationOf, numberOf } from "./format.ts"
import { attributeList, linked, moment, serviceName, table, traceTable } from "./parts.ts"

const INTERVAL_MS = 2_000
/** A pause that is worth a line of its own. */
const PAUSE_MS = 5_000

/** All that is known about an id, such as an order's. */
export async function showAbout({ main, item, signal, setTitle }: View): Promise<void> {
  let drawn = ""
  const ago = h("span")
  const draw = async () => {
    const about = await read<About>(`about/${encodeURIComponent(item)}`, undefined, signal)
    if (signal.aborted) return
    const last = about.happened.at(-1)
    if (last) ago.textContent = agoOf(Date.now() - last.until)
    // Only what changes is drawn anew, so that nobody loses the line they read.
    const state = JSON.stringify(about)
    if (state === drawn) return
    drawn = state
    const title = about.orderNumber === null ? about.id : `Order ${about.orderNumber}`
    setTitle(title)
    replace(main, h("h1", {}, title), ...contentOf(about, ago))
  }
  await draw()
  repeat(INTERVAL_MS, signal, draw)
}

function contentOf(about: About, ago: HTMLElement): HTMLElement[] {
  const { id, orderNumber, happened, traces, reads, omitted } = about
  const [first] = happened
  const last = happened.at(-1)
  if (!first || !last) {
    return [
      h("p", { class: "empty" }, "Nothing of the last hour names “", id, "”: neither a log line nor a span."),
    ]
  }
  const faults = happened.filter(({ level }) => level === "error" || level === "warn")
  const worst = faults.findLast(({ level }) => level === "error") ?? faults.at(-1)
  const raw = `api/about/${encodeURIComponent(id)}`
  return [
    h(
      "dl",
      { class: "facts" },
      ...(orderNumber === null ? [] : fact("Id", h("code", {}, id))),
      ...fact("First heard of", moment(first.time)),
      ...fact(
        "Last heard of",
        moment(last.until),
        ", ",
        ago,
        ": ",
        serviceName(last.service),
        " ",
        linked(last.text),
      ),
      ...fact("Last trouble", ...(worst ? troubleOf(worst) : ["none"])),
    ),
    h(
      "p",
      { class: "links" },
      h("a", { href: addressOf("logs", { about: id }) }, "Its log lines"),
      h("a", { href: addressOf("traces", { about: id }) }, "Its traces"),
      h("a", { href: raw }, "As JSON"),
    ),
    h("h2", {}, "What happened"),
    ...(omitted > 0 ? [h("p", {}, `${numberOf(omitted)} earlier ones are not shown.`)] : []),
    table([["When"], ["What"], ["Trace"]], timeline(happened), "What happened"),
    h("h2", {}, "Traces"),
    traces.length > 0 ? traceTable(traces) : h("p", { class: "empty" }, "None."),
    ...(reads > 0 ? [h("p", {}, `${numberOf(reads)} more only read.`)] : []),
  ]
}

const fact = (name: string, ...content: (Node | string)[]) => [h("dt", {}, name), h("dd", {}, ...content)]

const troubleOf = (worst: Happening) => [
  moment(worst.until),
  worst.times > 1 ? `, ${numberOf(worst.times)} times: ` : ": ",
  serviceName(worst.service),
  " ",
  h("span", { class: worst.level }, linked(worst.text)),
]

function timeline(happened: readonly Happening[]): HTMLElement[] {
  return happened.flatMap((happening, index) => {
    const previous = happened[index - 1]
    const pause = previous ? happening.time - previous.until : 0
    const gap = h("tr", { class: "gap" }, h("td", { colspan: 3 }, `${durationOf(pause)} later`))
    return pause >= PAUSE_MS ? [gap, rowOf(happening)] : [rowOf(happening)]
  })
}

function rowOf(happening: Happening): HTMLElement {
  const { time, until, times, service, level, text, from, traceId, spanId, attributes } = happening
  const again = times > 1 && h("small", {}, ` ${numberOf(times)} times until `, moment(until))
  const what = [
    serviceName(service),
    " ",
    h("span", { class: "level" }, from === "span" ? "span" : level),
    h("span", { class: "text" }, linked(text)),
    again,
  ]
  const more = attributeList(attributes)
  const trace = traceId !== undefined && traceAddress(traceId, spanId)
  return h(
    "tr",
    { class: level },
    h("td", {}, moment(time)),
    h("td", { class: "wide" }, ...(more ? [h("details", {}, h("summary", {}, ...what), more)] : what)),
    h("td", {}, trace && h("a", { href: trace, "aria-label": `Trace of ${text}` }, "trace")),
  )
}
