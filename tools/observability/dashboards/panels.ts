import type { Builder } from "@grafana/grafana-foundation-sdk/cog"
import type { Dashboard, DashboardLink, Panel } from "@grafana/grafana-foundation-sdk/dashboard"
import {
  DashboardBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
} from "@grafana/grafana-foundation-sdk/dashboard"
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus"
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat"
import { PanelBuilder as TimeSeriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries"
import type { Series, Unit } from "../metrics.ts"
import { named, type Query, same } from "../promql.ts"

/** Units of panels: Grafana's id for it, and what the query must answer. */
export const panelUnits = {
  seconds: { grafana: "s", unit: { s: 1 } },
  milliseconds: { grafana: "ms", unit: { ms: 1 } },
  bytes: { grafana: "bytes", unit: { By: 1 } },
  share: { grafana: "percentunit", unit: {} },
  "per second": { grafana: "cps", unit: { s: -1 } },
  count: { grafana: "short", unit: undefined },
  money: { grafana: "none", unit: { money: 1 } },
} as const satisfies Record<string, { grafana: string; unit: Unit | undefined }>

export type PanelUnit = keyof typeof panelUnits

/** A panel as data: what the tests walk, and what Grafana's builders get. */
export type PanelSpec = {
  readonly title: string
  /** What one reads off it. */
  readonly description: string
  readonly unit: PanelUnit
  readonly kind?: "stat"
  readonly queries: readonly { readonly expr: string; readonly legend: string }[]
}
export type RowSpec = { readonly title: string; readonly panels: readonly PanelSpec[] }
export type DashboardSpec = {
  /** Also the name of its file. */
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly rows: readonly RowSpec[]
}

/** What does not fit between a panel's unit and what its query answers. */
export function unitProblems(panel: PanelSpec, query: Query, series: ReadonlyMap<string, Series>): string[] {
  try {
    const answered = query.unit(series)
    const { unit } = panelUnits[panel.unit]
    if (unit) {
      // So many orders or refusals a second are shown as a mere rate, so many of them as a mere count.
      const counted = Object.fromEntries(Object.entries(answered).filter(([name]) => base.has(name)))
      return same(unit, counted) ? [] : [`shows ${panel.unit}, but the query answers ${named(answered)}`]
    }
    const measured = Object.entries(answered).some(([name, exponent]) => base.has(name) && exponent !== 0)
    return measured ? [`shows ${panel.unit}, but the query answers ${named(answered)}`] : []
  } catch (error) {
    return [(error as Error).message]
  }
}

const base = new Set(["s", "ms", "By", "money", "minor_unit"])
const source = { type: "prometheus", uid: "$source" }

function panelOf(spec: PanelSpec): Builder<Panel> {
  const shared = <B extends StatBuilder | TimeSeriesBuilder>(builder: B): B => {
    builder
      .title(spec.title)
      .description(spec.description)
      .unit(panelUnits[spec.unit].grafana)
      .datasource(source)
      .height(8)
    spec.queries.forEach(({ expr, legend }, index) => {
      builder.withTarget(
        new DataqueryBuilder()
          .refId(String.fromCharCode(65 + index))
          .expr(expr)
          .legendFormat(legend),
      )
    })
    return builder
  }
  return spec.kind === "stat"
    ? shared(new StatBuilder()).span(6)
    : shared(new TimeSeriesBuilder()).span(12).min(0)
}

const link = (): Builder<DashboardLink> =>
  new DashboardLinkBuilder("eShop").type(DashboardLinkType.Dashboards).tags(["eshop"]).asDropdown(true)

/** @returns the dashboard as Grafana's provisioning reads it */
export function dashboardOf({ uid, title, description, rows }: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(["eshop"])
    .refresh("1m")
    .time({ from: "now-6h", to: "now" })
    .timezone("browser")
    .link(link())
    .withVariable(new DatasourceVariableBuilder("source").label("Prometheus").type("prometheus"))
    .withVariable(
      new QueryVariableBuilder("app")
        .label("App")
        .datasource(source)
        .query({ query: 'label_values(up{namespace="eshop"}, job)', refId: "app" })
        .multi(true)
        .includeAll(true)
        .allValue(".+"),
    )
  for (const { title: row, panels } of rows) {
    builder.withRow(new RowBuilder(row))
    for (const panel of panels) builder.withPanel(panelOf(panel))
  }
  return builder.build()
}
