import type { LogList, LogView } from "../api/logs.ts"
import { addressOf, read, traceAddress, type View } from "./api.ts"
import { h, repeat, replace, settled } from "./dom.ts"
import { numberOf } from "./format.ts"
import {
  attributeList,
  field,
  filterOf,
  linked,
  moment,
  rememberFilter,
  serviceChoice,
  serviceName,
} from "./parts.ts"

const FOLLOW_MS = 1_000
/** Lines that a page which follows for hours keeps. */
const MOST_SHOWN = 2_000
/** So near to the end counts as looking at the end, in pixels. */
const NEAR_END = 40

/** Log records that a filter lets through, the newest last; new ones appear while “Follow” is on. */
export async function showLogs({ main, query, signal, setTitle }: View): Promise<void> {
  setTitle("Logs")
  const value = (name: string) => query.get(name) ?? ""
  const input = (name: string) =>
    h("input", { name, type: "search", value: value(name), autocomplete: "off" })
  const levels = ["debug", "info", "warn", "error"]
  const form = h(
    "form",
    { class: "filter" },
    field("Text", input("text")),
    field("Service", await serviceChoice(value("service"), signal)),
    field(
      "Level, or graver",
      h(
        "select",
        { name: "level" },
        ...levels.map((level, index) =>
          h("option", { value: index === 0 ? "" : level, selected: value("level") === level }, level),
        ),
      ),
    ),
    field("Order or other id", input("about")),
    field("Trace", input("trace")),
  )
  const onlyRequests = value("kind") === "request"
  form.append(
    field(
      "Without timers",
      h("input", { name: "kind", type: "checkbox", value: "request", checked: onlyRequests }),
    ),
  )
  const follow = h("input", { type: "checkbox", checked: true })
  form.append(field("Follow", follow))
  const count = h("p")
  const list = h("div", {
    class: "log scroll tall",
    role: "log",
    "aria-live": "off",
    "aria-label": "Log",
    tabindex: 0,
  })
  let last = 0
  let matching = 0
  let generation = 0

  async function load(isMore: boolean): Promise<void> {
    const asked = isMore ? generation : ++generation
    const filter = { ...filterOf(form), ...(isMore ? { after: String(last) } : {}) }
    const found = await read<LogList>("logs", new URLSearchParams(filter), signal)
    if (signal.aborted || asked !== generation) return
    last = found.last
    matching = (isMore ? matching : 0) + found.matching
    const wasAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END
    const lines = found.logs.map((line) => lineOf(line, { withTrace: true }))
    if (isMore) list.append(...lines)
    else replace(list, ...lines)
    while (list.childElementCount > MOST_SHOWN) list.firstElementChild?.remove()
    replace(count, countOf(matching, list.childElementCount))
    if (wasAtEnd || !isMore) list.scrollTop = list.scrollHeight
  }

  const failed = (error: Error) => replace(count, h("strong", { role: "alert" }, error.message))
  const changed = settled(() => {
    rememberFilter(addressOf("logs", filterOf(form)))
    load(false).catch(failed)
  })
  form.addEventListener("input", (event) => {
    if (event.target !== follow) changed()
  })
  form.addEventListener("submit", (event) => event.preventDefault())
  replace(main, h("h1", {}, "Logs"), form, count, list)
  await load(false)
  repeat(FOLLOW_MS, signal, async () => {
    if (follow.checked) await load(true)
  })
}

function countOf(matching: number, shown: number): string {
  if (matching === 0) return "No line of the last hour is like that."
  if (matching > shown) return `The newest ${numberOf(shown)} of ${numberOf(matching)} lines`
  return `${numberOf(matching)} line${matching === 1 ? "" : "s"}`
}

/** A log record in one line, which opens to its attributes. */
export function lineOf(line: LogView, { withTrace = false } = {}): HTMLElement {
  const { time, level, service, text, attributes, traceId, spanId } = line
  const hasTrace = withTrace && traceId !== undefined
  return h(
    "details",
    { class: `line ${level}` },
    h(
      "summary",
      {},
      moment(time),
      h("span", { class: "level" }, level),
      serviceName(service),
      h("span", { class: "text" }, text),
    ),
    h(
      "p",
      { class: "links" },
      linked(text),
      hasTrace && h("a", { href: traceAddress(traceId, spanId) }, "Its trace"),
    ),
    attributeList(attributes),
  )
}
