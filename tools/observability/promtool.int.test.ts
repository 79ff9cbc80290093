import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { stringify } from "yaml"
import { run, whyMissing } from "../kubernetes/programs.ts"
import type { Alert, Case } from "./alerts/alert.ts"
import { alertKey, alerts } from "./alerts/table.ts"
import { promtool } from "./programs.ts"
import { prometheusRule, type Rule, ruleGroups } from "./prometheus-rules.ts"

const missing = whyMissing(promtool, ["--version"])
if (missing) console.log(missing)

type Watched = Alert & { prometheus: NonNullable<Alert["prometheus"]> }
const watched = alerts.filter((alert): alert is Watched => alert.prometheus !== undefined)

/** Which alerts fire at that time, by the series that Prometheus keeps of them. */
const testOf = ({ name, severity }: Alert, { given, at, fires, interval = "1m" }: Case): object => ({
  interval,
  input_series: Object.entries(given).map(([series, values]) => ({ series, values })),
  promql_expr_test: [
    {
      expr: `ALERTS{alertname="${name}",severity="${severity}",alertstate="firing"}`,
      eval_time: at,
      exp_samples: fires.map((labels) => ({
        labels: `ALERTS{${Object.entries({ alertname: name, severity, alertstate: "firing", ...labels })
          .map(([label, value]) => `${label}="${value}"`)
          .join(",")}}`,
        value: 1,
      })),
    },
  ],
})

const rules = ruleGroups.flatMap((group) => group.rules)

/** An alert's rule behind the rules that record what it asks for, directly or not. */
function rulesOf({ name, severity }: Alert): Rule[] {
  const needed = (expr: string): Rule[] =>
    rules.flatMap((rule) =>
      "record" in rule && expr.includes(rule.record) ? [...needed(rule.expr), rule] : [],
    )
  const own = rules.filter(
    (rule) => "alert" in rule && rule.alert === name && rule.labels.severity === severity,
  )
  return [...new Set([...own.flatMap(({ expr }) => needed(expr)), ...own])]
}

describe.skipIf(missing)("Prometheus' rules", () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "rules-"))
    writeFileSync(join(folder, "rules.yaml"), stringify({ groups: ruleGroups }))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** Runs the cases on the alert's own rule and those that record what it asks for: all rules for days take minutes. */
  const testRules = (alert: Alert, cases: readonly Case[]): string => {
    const [{ interval = "1m" } = {}] = cases
    writeFileSync(join(folder, "own.yaml"), stringify({ groups: [{ name: "own", rules: rulesOf(alert) }] }))
    const tests = cases.map((given) => testOf(alert, given))
    const file = join(folder, "test.yaml")
    writeFileSync(file, stringify({ rule_files: ["own.yaml"], evaluation_interval: interval, tests }))
    return run("promtool", ["test", "rules", file])
  }

  test("promtool takes them, and the cluster gets the same", () => {
    const count = ruleGroups.reduce((sum, { rules }) => sum + rules.length, 0)
    expect(run("promtool", ["check", "rules", join(folder, "rules.yaml")])).toContain(
      `SUCCESS: ${count} rules`,
    )
    expect(prometheusRule.spec.groups).toBe(ruleGroups)
  })

  test.each(watched.map((alert) => [alertKey(alert), alert] as const))(
    "%s fires, and does not",
    (_, alert) => {
      const { cases } = alert.prometheus
      expect(
        cases.some(({ fires }) => fires.length > 0) && cases.some(({ fires }) => fires.length === 0),
      ).toBe(true)
      expect(testRules(alert, cases)).toContain("SUCCESS")
    },
  )

  test("an alert that should fire and does not, and the other way round, is told", () => {
    const alert = watched.find(({ name }) => name === "OutboxWaits") as Watched
    for (const given of alert.prometheus.cases) {
      const wrong = { ...given, fires: given.fires.length > 0 ? [] : [{ job: "ordering" }] }
      expect(() => testRules(alert, [wrong])).toThrow()
    }
  })
})
