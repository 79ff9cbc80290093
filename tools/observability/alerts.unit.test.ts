import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type Instrument, instruments } from "@eshop/building-blocks/telemetry/instruments"
import { beforeAll, describe, expect, test } from "vitest"
import { parse } from "yaml"
import { root } from "../apps.ts"
import { staleFiles } from "../generate/generated-files.ts"
import { kebab, type LogRule, type MetricRule } from "./alerts/alert.ts"
import { resourceAlerts } from "./alerts/azure-resources.ts"
import { alertKey, alerts, inAzureOnAks } from "./alerts/table.ts"
import { azureMetrics, metricRuleProblems } from "./azure-metrics.ts"
import { leftOver, observabilityFiles } from "./generate.ts"
import { kqlProblems } from "./kql-problems.ts"
import { logAnalyticsTables } from "./log-analytics-schema.ts"
import { workbookGroups } from "./workbook.ts"

/** Metrics and attributes that a query over AppMetrics names and no app records. */
function unrecorded(query: string): string[] {
  return [...query.matchAll(/Name == "([^"]+)"/g)].flatMap(([, name = ""]) => {
    const instrument = (instruments as Record<string, Instrument>)[name]
    if (!instrument) return [`no metric ${name}`]
    return [...query.matchAll(/Properties\["([^"]+)"\]/g)]
      .filter(([, attribute = ""]) => !instrument.attributes.includes(attribute))
      .map(([, attribute]) => `${name} has no ${attribute}`)
  })
}

const logAlerts = alerts.flatMap((alert) =>
  alert.azure.kind === "log" ? [[alertKey(alert), alert.azure] as const] : [],
)
const metricAlerts = alerts.flatMap((alert) =>
  alert.azure.kind === "metric" ? [[alertKey(alert), alert.azure] as const] : [],
)

// Microsoft's parser takes seconds for its first query on a busy machine.
beforeAll(() => void kqlProblems("AppRequests"), 60_000)

describe("the table of alerts", () => {
  test("each is told on AKS and on Flex Consumption, and once", () => {
    // Prometheus tells on AKS what is not of Azure's own; Azure tells everything on Flex Consumption.
    expect(alerts.filter(inAzureOnAks)).toEqual(resourceAlerts)
    expect(alerts.filter(({ prometheus, azure }) => !prometheus && azure.kind === "log")).toEqual([])
  })

  test("names are their own, in camel case, and say the same on both platforms", () => {
    const keys = alerts.map(alertKey)
    expect(new Set(keys).size).toBe(alerts.length)
    expect(alerts.filter(({ name }) => !/^([A-Z][a-z]+)+$/.test(name))).toEqual([])
    expect(kebab("OutboxWaits")).toBe("outbox-waits")
    expect(alerts.filter(({ summary }) => summary.includes("{{") || !summary.endsWith("."))).toEqual([])
  })

  test("the files that Flux, Grafana and Terraform read are up to date", () => {
    expect(staleFiles(root, observabilityFiles)).toEqual([])
    expect(leftOver()).toEqual([])
  })

  test("the cluster gets every dashboard", () => {
    const { configMapGenerator } = parse(
      readFileSync(join(root, "infra/observability/kustomization.yaml"), "utf8"),
    ) as { configMapGenerator: { files: string[] }[] }
    const given = configMapGenerator.flatMap(({ files }) => files)
    const made = [...observabilityFiles.keys()]
      .filter((path) => path.includes("/dashboards/"))
      .map((path) => path.replace("infra/observability/", ""))
    expect(given.toSorted()).toEqual(made.toSorted())
    expect(given.every((path) => existsSync(join(root, "infra/observability", path)))).toBe(true)
  })
})

describe("queries over the workspace", () => {
  test.each(logAlerts)("of the alert %s", (_, { query }: LogRule) => {
    expect(kqlProblems(query)).toEqual([])
    expect(unrecorded(query)).toEqual([])
  })

  test.each(
    workbookGroups.flatMap(({ charts }) => charts.map(({ title, query }) => [title, query] as const)),
  )("of the workbook: %s", (_, query) => {
    expect(kqlProblems(query)).toEqual([])
    expect(unrecorded(query)).toEqual([])
  })

  test("look no further back than their window, and are asked at least once in it", () => {
    const minutes = (iso: string): number => {
      const [, amount = "", unit = ""] = /^PT?(\d+)([MHD])$/.exec(iso) ?? []
      return Number(amount) * { M: 1, H: 60, D: 1_440 }[unit as "M" | "H" | "D"]
    }
    const spans = { m: 1, h: 60, d: 1_440 } as const
    for (const [, { query, window, frequency }] of logAlerts) {
      const furthest = [...query.matchAll(/ago\((\d+)([mhd])\)/g)].map(
        ([, amount, unit]) => Number(amount) * spans[unit as keyof typeof spans],
      )
      expect(Math.max(0, ...furthest)).toBeLessThanOrEqual(minutes(window))
      expect(minutes(frequency)).toBeLessThanOrEqual(minutes(window))
    }
  })

  test.each([
    [
      "a table",
      "AppRequest | count",
      "The name 'AppRequest' does not refer to any known table, tabular variable or function.",
    ],
    [
      "a column",
      "AppMetrics | where Value > 1",
      "The name 'Value' does not refer to any known column, table, variable or function.",
    ],
    ["a function", "AppMetrics | summarize p99(Max)", "The name 'p99' does not refer to any known function."],
    ["a bracket", "AppMetrics | summarize max(Max by Name", "Expected: )"],
  ])("a mistake in %s is found", (_, query, problem) => {
    expect(kqlProblems(query).map((line) => line.replace(/ At: .*/, ""))).toContain(problem)
  })

  test("a metric or an attribute that nobody records is found", () => {
    expect(unrecorded('AppMetrics | where Name == "eshop.order"')).toEqual(["no metric eshop.order"])
    expect(unrecorded('AppMetrics | where Name == "eshop.orders" | extend s = Properties["status"]')).toEqual(
      ["eshop.orders has no status"],
    )
  })

  test("every table has the columns that alerts are told apart by", () => {
    for (const columns of Object.values(logAnalyticsTables))
      expect(columns).toMatchObject({ TimeGenerated: "datetime", AppRoleName: "string" })
  })
})

describe("thresholds on Azure's own metrics", () => {
  test.each(metricAlerts)("%s asks for what the resource counts", (_, rule: MetricRule) => {
    expect(metricRuleProblems(rule)).toEqual([])
  })

  test("Terraform knows every scope, and no other", () => {
    const source = readFileSync(join(root, "infra/terraform/main.monitoring.tf"), "utf8")
    const [, block = ""] = /alert_scopes = \{\n([\s\S]*?)\n {2}\}/.exec(source) ?? []
    const scopes = [...block.matchAll(/^ {4}([\w-]+) +=/gm)].map(([, scope]) => scope)
    expect(scopes.toSorted()).toEqual(Object.keys(azureMetrics).toSorted())
  })

  test.each([
    [{ metric: "DeadLetteredMessages" }, "service-bus has no metric DeadLetteredMessages"],
    [{ aggregation: "Total" }, "DeadletteredMessages has no Total"],
    [{ dimensions: { Entity: ["*"] } }, "DeadletteredMessages has no dimension Entity"],
  ] as const)("a mistake is found: %o", (mistake, problem) => {
    const [, rule] = metricAlerts.find(([key]) => key === "dead-letters") as (typeof metricAlerts)[number]
    expect(metricRuleProblems({ ...rule, ...mistake })).toEqual([problem])
  })
})
