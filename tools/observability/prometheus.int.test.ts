import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { whyMissing } from "../kubernetes/programs.ts"
import { objectives, recordedName, recordings, windows } from "./alerts/objectives.ts"
import { dashboards } from "./dashboards/all.ts"
import { prometheusName, shopMetrics } from "./metrics.ts"
import { prometheus } from "./programs.ts"
import { ruleGroups } from "./prometheus-rules.ts"
import { Query } from "./promql.ts"
import { type LivePrometheus, startPrometheus } from "./testing/live-prometheus.ts"

const missing = whyMissing(prometheus, ["--version"])
if (missing) console.log(missing)

const panels = dashboards.flatMap(({ uid, rows }) =>
  rows.flatMap((row) =>
    row.panels.flatMap(({ title, queries }) =>
      queries.map(({ expr }) => ({ where: `${uid}: ${title}`, expr })),
    ),
  ),
)
const rules = ruleGroups.flatMap(({ rules }) =>
  rules.map((rule) => ({ where: "alert" in rule ? rule.alert : rule.record, expr: rule.expr })),
)

describe.skipIf(missing)("on a Prometheus that scrapes what the apps' exporter serves", () => {
  let live: LivePrometheus
  beforeAll(async () => {
    live = await startPrometheus()
  }, 30_000)
  afterAll(() => live?.stop())

  test("every metric is there by the name that queries use", async () => {
    const absent: string[] = []
    for (const [name, { kind }] of shopMetrics)
      if ((await live.query(kind === "histogram" ? `${name}_bucket` : name)) === 0) absent.push(name)
    expect(absent).toEqual([])
    expect(prometheusName("eshop.orders", { kind: "counter" })).toBe("eshop_orders_total")
  })

  test("every panel shows something", async () => {
    const empty: string[] = []
    for (const { where, expr } of panels)
      if ((await live.query(new Query(expr).text)) === 0) empty.push(`${where}: ${expr}`)
    expect(empty).toEqual([])
  })

  test("every rule runs, and each thing that it asks for is there", async () => {
    const empty: string[] = []
    for (const { where, expr } of rules) {
      await live.query(expr)
      for (const { text } of new Query(expr).selectors())
        if ((await live.query(text)) === 0) empty.push(`${where}: ${text}`)
    }
    expect(empty).toEqual([])
  })

  test("every recorded series is there", async () => {
    const names = [
      ...recordings.map(({ record }) => record),
      ...objectives.flatMap((objective) => windows.map((window) => recordedName(objective, window))),
    ]
    const absent: string[] = []
    for (const name of names) if ((await live.query(name)) === 0) absent.push(name)
    expect(absent).toEqual([])
  })

  test.each([
    ["a misspelt metric", "eshop_order_total"],
    ["the name of a gauge with its unit behind it", "eshop_outbox_oldest_seconds"],
    ["a label's value that nobody has", 'eshop_saga_duration_bucket{eshop_saga="checkout",le="61"}'],
    ["a label that is called otherwise", 'eshop_dependency_up{dependency="store"}'],
  ])("%s answers nothing", async (_, query) => {
    expect(await live.query(query)).toBe(0)
  })

  test("a query that is none is refused", async () => {
    await expect(live.query("sum by (job (up)")).rejects.toThrow("parse error")
  })
})
