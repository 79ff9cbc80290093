import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { root } from "../apps.ts"
import { parseManifests } from "../kubernetes/manifests.ts"
import { objectives, recordedName, recordings, windows } from "./alerts/objectives.ts"
import { alerts } from "./alerts/table.ts"
import { dashboards } from "./dashboards/all.ts"
import { type PanelSpec, unitProblems } from "./dashboards/panels.ts"
import { knownSeries, type Series, targetLabels } from "./metrics.ts"
import { ruleGroups } from "./prometheus-rules.ts"
import { named, Query } from "./promql.ts"

/** What is scraped, and what rules record of it. */
const series: ReadonlyMap<string, Series> = new Map([
  ...knownSeries,
  ...[
    ...recordings.map(({ record, labels }) => ({ name: record, labels })),
    ...objectives.flatMap((objective) =>
      windows.map((window) => ({ name: recordedName(objective, window), labels: objective.by })),
    ),
  ].map(({ name, labels }): [string, Series] => [
    name,
    { kind: "gauge", unit: {}, labels: new Set<string>(labels) },
  ]),
])

const problemsOf = (expr: string): string[] => {
  const query = new Query(expr)
  return [...query.syntaxErrors(), ...query.nameProblems(series)]
}

const panels = dashboards.flatMap(({ uid, rows }) =>
  rows.flatMap((row) => row.panels.map((panel) => [`${uid}: ${panel.title}`, panel] as const)),
)

describe("what is asked of Prometheus", () => {
  test.each(panels)("%s", (_, panel) => {
    for (const { expr, legend } of panel.queries) {
      expect(problemsOf(expr)).toEqual([])
      expect(unitProblems(panel, new Query(expr), series)).toEqual([])
      const named = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label)
      expect(new Query(expr).keptLabels() ?? []).toEqual(expect.arrayContaining(named))
    }
  })

  test.each(
    ruleGroups.flatMap(({ rules }) =>
      rules.map((rule) => ["alert" in rule ? rule.alert : rule.record, rule.expr] as const),
    ),
  )("rule %s", (_, expr) => expect(problemsOf(expr)).toEqual([]))

  test("an alert's text names labels that its expression keeps", () => {
    const wrong = alerts.flatMap(({ name, prometheus }) => {
      if (!prometheus) return []
      const query = new Query(prometheus.expr)
      const kept = new Set([
        ...(query.keptLabels() ??
          query.selectors().flatMap(({ metric }) => [...(series.get(metric)?.labels ?? [])])),
        ...(prometheus.expr.match(/(?<=label_replace[^"]*"[^"]*"[^"]*")\w+/g) ?? []),
      ])
      return [...prometheus.detail.matchAll(/\$labels\.(\w+)/g)]
        .filter(([, label = ""]) => !kept.has(label))
        .map(([, label]) => `${name}: ${label}`)
    })
    expect(wrong).toEqual([])
  })

  test("panels have titles of their own, and every dashboard an id of its own", () => {
    const titles = panels.map(([title]) => title)
    const repeated = titles.filter((title, index) => titles.indexOf(title) !== index)
    // The objectives show the same two panels in each of their rows.
    expect(new Set(repeated.map((title) => title.split(":")[0]))).toEqual(new Set(["eshop-objectives"]))
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length)
  })
})

describe("mistakes are found", () => {
  test.each([
    ["a misspelt metric", "rate(eshop_order_total[5m])", "unknown metric eshop_order_total"],
    ["a label that the metric lacks", 'up{app="basket"}', "up has no label app"],
    [
      "a label to group by that nobody has",
      "sum by (status) (rate(eshop_orders_total[5m]))",
      "nothing in eshop_orders_total has the label status",
    ],
    ["a bracket too few", "sum(rate(eshop_orders_total[5m])", 'syntax error at ""'],
  ])("%s", (_, expr, problem) => expect(problemsOf(expr)).toEqual([problem]))

  const shows = (unit: PanelSpec["unit"], expr: string) =>
    unitProblems({ title: "t", description: "d", unit, queries: [] }, new Query(expr), series)

  test.each([
    [
      "seconds as bytes",
      "bytes",
      "max by (job) (eshop_outbox_oldest)",
      "shows bytes, but the query answers s",
    ],
    [
      "milliseconds as seconds",
      "seconds",
      "histogram_quantile(0.9, sum by (le) (rate(envoy_cluster_upstream_rq_time_bucket[5m])))",
      "shows seconds, but the query answers ms",
    ],
    [
      "a rate as a count",
      "count",
      "sum(rate(eshop_orders_total[5m]))",
      "shows count, but the query answers order/s",
    ],
    [
      "minor units as money",
      "money",
      "sum(increase(eshop_revenue_total[1h]))",
      "shows money, but the query answers minor_unit",
    ],
    [
      "a rate of a gauge",
      "per second",
      "rate(eshop_outbox_pending[5m])",
      "rate() of eshop_outbox_pending, which is a gauge",
    ],
    [
      "a quantile without its buckets",
      "seconds",
      "histogram_quantile(0.9, sum by (job) (rate(eshop_saga_duration_bucket[5m])))",
      "histogram_quantile() without le: no buckets are left",
    ],
    [
      "seconds against bytes",
      "share",
      "max(eshop_outbox_oldest) > max(process_memory_usage)",
      "s against By: max(eshop_outbox_oldest) > max(process_memory_usage)",
    ],
  ] as const)("%s", (_, unit, expr, problem) => expect(shows(unit, expr)).toEqual([problem]))

  test("the mean of a histogram is in its unit, a share in none", () => {
    expect(
      shows("seconds", "sum(rate(eshop_saga_duration_sum[5m])) / sum(rate(eshop_saga_duration_count[5m]))"),
    ).toEqual([])
    expect(
      shows("share", "sum(rate(eshop_saga_duration_bucket[5m])) / sum(rate(eshop_saga_duration_count[5m]))"),
    ).toEqual([])
  })
})

test("what canaries are judged by is counted, in the unit of its limit", () => {
  const file = join(root, "infra/gitops/infrastructure/configs/canary-metrics.yaml")
  const templates = parseManifests(readFileSync(file, "utf8"), file)
  const units = templates.map(({ metadata, spec }) => {
    const expr = spec.query.replaceAll("{{ interval }}", "2m").replaceAll(/\{\{ (\w+) \}\}/g, "$1")
    expect(problemsOf(expr)).toEqual([])
    return [metadata.name, named(new Query(expr).unit(series))]
  })
  expect(units).toEqual([
    ["error-percentage", "number"],
    ["latency-p99-milliseconds", "ms"],
  ])
})

test("every series has the labels that scraping adds", () => {
  for (const { labels } of knownSeries.values())
    for (const label of targetLabels) expect(labels.has(label)).toBe(true)
})
