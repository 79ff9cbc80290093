import type { About } from "../api/about.ts"
import type { Overview } from "../api/overview.ts"
import { showAbout } from "./about.ts"
import { aboutAddress, addressOf, read, traceAddress, type View } from "./api.ts"
import { h, repeat, replace } from "./dom.ts"
import { mebibytesOf, numberOf } from "./format.ts"
import { showLogs } from "./logs.ts"
import { showMetric, showMetrics } from "./metrics.ts"
import { showOrders } from "./orders.ts"
import { showTrace } from "./trace.ts"
import { showTraces } from "./traces.ts"

const views: Readonly<Record<string, (view: View) => Promise<void>>> = {
  "": showOrders,
  about: showAbout,
  logs: showLogs,
  metrics: (view) => (view.item === "" ? showMetrics(view) : showMetric(view)),
  traces: (view) => (view.item === "" ? showTraces(view) : showTrace(view)),
}

const KEPT_INTERVAL_MS = 5_000
const TRACE_ID = /^[0-9a-f]{32}$/i

const element = <E extends HTMLElement>(id: string) => document.getElementById(id) as E
const main = element("view")
let shown = new AbortController()

/** Shows what the address names. */
async function show(): Promise<void> {
  if (location.hash === "#view") return main.focus()
  shown.abort()
  shown = new AbortController()
  const { signal } = shown
  const { pathname, searchParams: query } = new URL(location.hash.slice(1) || "/", location.origin)
  const [, name = "", item = ""] = pathname.split("/")
  for (const link of document.querySelectorAll("nav a")) {
    const isHere = link.getAttribute("href") === `#/${name}`
    if (isHere) link.setAttribute("aria-current", "page")
    else link.removeAttribute("aria-current")
  }
  const setTitle = (title: string) => {
    document.title = `${title} · the shop's last hour`
  }
  const view = views[name]
  try {
    if (!view) throw new Error(`There is no view “${name}”.`)
    await view({ main, item: decodeURIComponent(item), query, signal, setTitle })
  } catch (error) {
    if (signal.aborted) return
    setTitle("Not found")
    replace(main, h("h1", {}, "Not found"), h("p", { role: "alert" }, (error as Error).message))
  }
}

/** Leads to the trace, to what is about the id or order number, or to the log lines with the text. */
async function find(text: string): Promise<void> {
  if (text === "") return
  if (TRACE_ID.test(text)) location.hash = traceAddress(text.toLowerCase())
  else {
    const { id, happened } = await read<About>(`about/${encodeURIComponent(text)}`)
    location.hash = happened.length > 0 ? aboutAddress(id) : addressOf("logs", { text })
  }
}

const sought = element<HTMLInputElement>("sought")
element("search").addEventListener("submit", (event) => {
  event.preventDefault()
  void find(sought.value.trim())
})
document.addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement
  if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
  event.preventDefault()
  sought.select()
})

const kept = element("kept")
repeat(KEPT_INTERVAL_MS, new AbortController().signal, async () => {
  try {
    const { kept: amounts } = await read<Overview>("overview")
    const { spans, logs, metrics } = amounts
    const bytes = spans.bytes + logs.bytes + metrics.bytes
    const counts = `${numberOf(spans.size)} spans, ${numberOf(logs.size)} log records and ${numberOf(metrics.size)} readings of metrics`
    kept.textContent = `Kept: ${counts}, about ${mebibytesOf(bytes)}, in memory only. “/” leads to the search.`
  } catch {
    kept.textContent = "The part that keeps the telemetry does not answer."
  }
})

window.addEventListener("hashchange", () => {
  void show().then(() => {
    if (!main.contains(document.activeElement)) main.focus({ preventScroll: true })
    window.scrollTo(0, 0)
  })
})
void show()
