import type { MetricSummary, MetricView, Sample, SeriesView } from "../api/metrics.ts"
import { addressOf, read, type View } from "./api.ts"
import { chart, type Line } from "./chart.ts"
import { h, repeat, replace } from "./dom.ts"
import { numberOf, quantityOf } from "./format.ts"
import {
  attributeList,
  dotted,
  field,
  filterOf,
  rememberFilter,
  serviceChoice,
  serviceName,
} from "./parts.ts"

const INTERVAL_MS = 5_000
/** More lines than this in one small chart are a scribble. */
const MOST_LINES = 8

/** All metrics, each with a small chart. */
export async function showMetrics({ main, query, signal, setTitle }: View): Promise<void> {
  setTitle("Metrics")
  const form = h(
    "form",
    { class: "filter" },
    field("Service", await serviceChoice(query.get("service") ?? "", signal)),
  )
  const list = h("div", { class: "cards" })
  const draw = async () => {
    const filter = filterOf(form)
    const { metrics } = await read<{ metrics: MetricSummary[] }>("metrics", undefined, signal)
    const wanted = metrics.filter(({ services }) => !filter.service || services.includes(filter.service))
    const views = await Promise.all(wanted.map(({ name }) => readMetric(name, filter, signal)))
    if (signal.aborted) return
    if (wanted.length === 0)
      replace(list, h("p", { class: "empty" }, "No metric yet: they are sent every few seconds."))
    else replace(list, ...views.map((view) => cardOf(view, filter)))
  }
  form.addEventListener("input", () => {
    rememberFilter(addressOf("metrics", filterOf(form)))
    void draw()
  })
  form.addEventListener("submit", (event) => event.preventDefault())
  replace(main, h("h1", {}, "Metrics"), form, list)
  await draw()
  repeat(INTERVAL_MS, signal, draw)
}

/** One metric, with a chart for each combination of attributes. */
export async function showMetric({ main, item, query, signal, setTitle }: View): Promise<void> {
  setTitle(item)
  const filter = { service: query.get("service") ?? "" }
  const draw = async () => {
    const view = await readMetric(item, filter, signal)
    if (signal.aborted) return
    const series = [...view.seriesOf].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    replace(
      main,
      h("h1", {}, view.name),
      h(
        "p",
        {},
        view.description,
        " ",
        h("small", {}, `${whatIsDrawn(view)}${view.kind === "histogram" ? "; dashed: the median" : ""}`),
      ),
      h(
        "p",
        { class: "links" },
        h("a", { href: addressOf("metrics", filter) }, "All metrics"),
        h("a", { href: `api/metrics/${encodeURIComponent(view.name)}` }, "As JSON"),
      ),
      h("div", { class: "cards" }, ...series.map((one) => seriesCard(view, one))),
    )
  }
  await draw()
  repeat(INTERVAL_MS, signal, draw)
}

function readMetric(name: string, filter: Record<string, string>, signal: AbortSignal): Promise<MetricView> {
  return read<MetricView>(`metrics/${encodeURIComponent(name)}`, new URLSearchParams(filter), signal)
}

const nameOf = ({ service, instance, attributes }: SeriesView) =>
  JSON.stringify([service, attributes, instance])

function whatIsDrawn({ kind }: MetricSummary): string {
  if (kind === "histogram") return "95th percentile"
  return kind === "counter" ? "per minute" : "as it was read"
}

function cardOf(view: MetricView, filter: Record<string, string>): HTMLElement {
  const lines = view.seriesOf.map((series) => ({ label: labelOf(series), points: pointsOf(series.samples) }))
  const busiest = lines.toSorted((a, b) => b.points.length - a.points.length).slice(0, MOST_LINES)
  const more = lines.length > MOST_LINES ? `, ${MOST_LINES} of them drawn` : ""
  return h(
    "section",
    { class: "card" },
    h(
      "h2",
      {},
      h("a", { href: addressOf(`metrics/${encodeURIComponent(view.name)}`, filter) }, dotted(view.name)),
    ),
    h("p", {}, view.description),
    drawn(view, busiest),
    h("p", {}, h("small", {}, `${numberOf(lines.length)} series${more}; ${whatIsDrawn(view)}`)),
  )
}

function seriesCard(view: MetricView, series: SeriesView): HTMLElement {
  const lines: Line[] = [
    { label: view.kind === "histogram" ? "95th percentile" : "", points: pointsOf(series.samples) },
  ]
  const medians = series.samples.flatMap((sample) =>
    "p50" in sample && sample.p50 !== null ? [{ time: sample.time, value: sample.p50 }] : [],
  )
  if (medians.length > 0) lines.push({ label: "median", points: medians, isDashed: true })
  const total =
    series.total !== null &&
    h(
      "p",
      {},
      `${view.kind === "histogram" ? numberOf(series.total) : quantityOf(series.total, view.unit)} in all`,
    )
  return h(
    "section",
    { class: "card" },
    h("h2", {}, serviceName(series.service), " ", h("small", {}, series.instance)),
    attributeList(series.attributes) ?? "",
    drawn(view, lines),
    total,
  )
}

const labelOf = ({ service, attributes }: SeriesView) => [service, ...Object.values(attributes)].join(" · ")

/** Counters are drawn per minute: what a shop counts is seldom. */
function pointsOf(samples: readonly Sample[]): Line["points"] {
  return samples.flatMap((sample) => {
    const { time } = sample
    if ("p95" in sample) return sample.p95 === null ? [] : [{ time, value: sample.p95 }]
    return [{ time, value: "perSecond" in sample ? sample.perSecond * 60 : sample.value }]
  })
}

function drawn(view: MetricView, lines: readonly Line[]): Node {
  const unit = view.kind === "counter" ? "" : view.unit
  return chart(lines, (value) => quantityOf(value, unit), `${view.name}: ${whatIsDrawn(view)}`)
}
