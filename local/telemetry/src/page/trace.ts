import type { SpanView, TraceView } from "../api/traces.ts"
import { addressOf, read, traceAddress, type View } from "./api.ts"
import { h, replace } from "./dom.ts"
import { durationOf, numberOf } from "./format.ts"
import { lineOf } from "./logs.ts"
import { attributeList, hueOf, linked, moment, serviceName } from "./parts.ts"

/** A stretch of time, in milliseconds since 1970. */
interface Stretch {
  readonly start: number
  readonly end: number
}

/** What of a trace is looked at. */
interface Sight {
  /** Only the time of this span. */
  readonly zoomed: SpanView | undefined
  /** With statements and commands of databases and caches. */
  readonly hasStores: boolean
}

const MARKS = 4
const INDENT_REM = 0.8
/** A span that is hardly there is drawn so wide, in percent. */
const LEAST_WIDTH = 0.3

/** One trace: its spans over time, and what was logged meanwhile. */
export async function showTrace({ main, item, query, signal, setTitle }: View): Promise<void> {
  const trace = await read<TraceView>(`traces/${encodeURIComponent(item)}`, undefined, signal)
  if (signal.aborted) return
  setTitle(trace.name)
  const waterfall = h("div")
  const draw = (sight: Sight) => replace(waterfall, ...waterfallOf(trace, sight, draw))
  draw({ zoomed: undefined, hasStores: true })
  replace(
    main,
    h("h1", {}, trace.name),
    h(
      "p",
      { class: "links" },
      h("span", {}, "Began ", moment(trace.start), ", took ", durationOf(trace.durationMs)),
      h(
        "span",
        {},
        `${numberOf(trace.spans)} spans`,
        trace.errors > 0 ? ", " : "",
        trace.errors > 0 && h("strong", { class: "error" }, `${numberOf(trace.errors)} failed`),
      ),
      h("code", {}, trace.traceId),
      h("a", { href: `api/traces/${trace.traceId}` }, "As JSON"),
      h("a", { href: addressOf("logs", { trace: trace.traceId }) }, "Follow its log"),
    ),
    waterfall,
    h("h2", {}, "Log"),
    trace.logs.length > 0
      ? h("div", { class: "log" }, ...trace.logs.map((line) => lineOf(line)))
      : h("p", { class: "empty" }, "Nothing was logged."),
  )
  open(main, query.get("span"))
}

/** Opens the details of a span that the address names. */
function open(main: HTMLElement, spanId: string | null): void {
  const button = spanId && main.querySelector<HTMLButtonElement>(`[data-key="${CSS.escape(spanId)}"]`)
  if (!button) return
  button.click()
  button.scrollIntoView({ block: "center" })
  button.focus({ preventScroll: true })
}

function waterfallOf(trace: TraceView, sight: Sight, look: (sight: Sight) => void): HTMLElement[] {
  if (trace.tree.length === 0) return [h("p", { class: "empty" }, "No span of it is here (yet).")]
  const { zoomed, hasStores } = sight
  const { start, durationMs } = zoomed ?? trace
  const stretch = { start, end: start + durationMs }
  const head = h(
    "tr",
    {},
    h("th", { scope: "col" }, "Span"),
    h("th", { scope: "col", class: "number" }, "Took"),
    h(
      "th",
      { scope: "col", class: "time" },
      h("div", { class: "marks", "aria-hidden": "true" }, ...marksOf(stretch)),
      h("span", { class: "unseen" }, "When"),
    ),
  )
  const rows = trace.tree
    .filter((span) => hasStores || span.isError || !isOfStore(span))
    .flatMap((span) => rowsOf(span, trace, stretch, (to) => look({ ...sight, zoomed: to })))
  const button = (text: string, to: Sight) => h("button", { type: "button", click: () => look(to) }, text)
  return [
    h(
      "p",
      { class: "links" },
      button(hasStores ? "Hide what stores did" : "Show what stores did", {
        ...sight,
        hasStores: !hasStores,
      }),
      zoomed && h("span", {}, "Only while “", zoomed.name, "” ran"),
      zoomed && button("Show all of it", { ...sight, zoomed: undefined }),
    ),
    h(
      "div",
      { class: "scroll", role: "region", "aria-label": "Spans", tabindex: 0 },
      h("table", { class: "waterfall" }, h("thead", {}, head), h("tbody", { keydown: moveFocus }, ...rows)),
    ),
    h("p", { class: "hint" }, "Enter opens a span, the arrow keys go from one to the next."),
  ]
}

const isOfStore = ({ attributes }: SpanView) => attributes["db.system.name"] !== undefined

function marksOf({ start, end }: Stretch): HTMLElement[] {
  return Array.from({ length: MARKS }, (_, index) =>
    h("span", {}, durationOf(((end - start) * index) / MARKS)),
  )
}

function rowsOf(
  span: SpanView,
  trace: TraceView,
  stretch: Stretch,
  zoom: (to: SpanView) => void,
): HTMLElement[] {
  const id = `span-${span.spanId}`
  const details = h("tr", { class: "details", id, hidden: true })
  const button = h(
    "button",
    {
      ...{ type: "button", "data-key": span.spanId, "aria-expanded": "false", "aria-controls": id },
      click() {
        const isOpen = button.getAttribute("aria-expanded") === "true"
        button.setAttribute("aria-expanded", String(!isOpen))
        details.hidden = isOpen
        if (!isOpen) replace(details, h("td", { colspan: 3 }, ...detailsOf(span, trace, zoom)))
      },
    },
    span.name || "(no name)",
  )
  const cell = h(
    "td",
    { class: "span" },
    span.isOrphan &&
      h("span", { title: "What called it is not here", "aria-label": "without its parent" }, "… "),
    button,
    " ",
    serviceName(span.service),
    span.isError && h("strong", { class: "error" }, " failed"),
  )
  cell.style.paddingInlineStart = `${0.5 + span.depth * INDENT_REM}rem`
  return [
    h(
      "tr",
      {},
      cell,
      h("td", { class: "number" }, durationOf(span.durationMs)),
      h("td", { class: "time" }, barOf(span, stretch)),
    ),
    details,
  ]
}

function barOf(span: SpanView, { start, end }: Stretch): HTMLElement {
  const length = Math.max(end - start, 0.001)
  const percent = (time: number) => Math.min(100, Math.max(0, ((time - start) / length) * 100))
  const left = percent(span.start)
  const width = Math.max(percent(span.start + span.durationMs) - left, LEAST_WIDTH)
  const isOutside = span.start > end || span.start + span.durationMs < start
  const bar = h("div", {
    class: `bar ${hueOf(span.service)}${span.isError ? " failed" : ""}`,
    hidden: isOutside,
  })
  bar.style.insetInlineStart = `${Math.min(left, 100 - LEAST_WIDTH)}%`
  bar.style.inlineSize = `${width}%`
  return h("div", { class: "track" }, bar)
}

function detailsOf(
  span: SpanView,
  trace: TraceView,
  zoom: (to: SpanView) => void,
): (HTMLElement | undefined)[] {
  const lines = trace.logs.filter(({ spanId }) => spanId === span.spanId)
  return [
    span.message !== "" ? h("p", { class: "error" }, linked(span.message)) : undefined,
    h(
      "p",
      { class: "links" },
      h(
        "span",
        {},
        `${span.kind}, began `,
        moment(span.start),
        `, ${durationOf(span.start - trace.start)} after the first`,
      ),
      h("button", { type: "button", click: () => zoom(span) }, "Only this stretch"),
      ...span.links.map((link) =>
        h(
          "a",
          { href: traceAddress(link.traceId, link.spanId) },
          `Linked trace ${link.traceId.slice(0, 8)}…`,
        ),
      ),
    ),
    attributeList(span.attributes),
    ...span.events.flatMap((event) => [
      h("p", {}, moment(event.time), " ", h("strong", {}, event.name)),
      attributeList(event.attributes),
    ]),
    lines.length > 0 ? h("div", { class: "log" }, ...lines.map((line) => lineOf(line))) : undefined,
    h(
      "details",
      {},
      h("summary", {}, "The process that sent it"),
      attributeList(span.resource) ?? "It says nothing of itself.",
    ),
  ]
}

/** Up and down lead from span to span. */
function moveFocus(event: Event): void {
  const { key, target } = event as KeyboardEvent
  if ((key !== "ArrowDown" && key !== "ArrowUp") || !(target instanceof HTMLButtonElement)) return
  const buttons = [...document.querySelectorAll<HTMLButtonElement>(".waterfall button[data-key]")]
  const index = buttons.indexOf(target)
  if (index < 0) return
  event.preventDefault()
  buttons[index + (key === "ArrowDown" ? 1 : -1)]?.focus()
}
