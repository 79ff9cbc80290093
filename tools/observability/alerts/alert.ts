/** `page` wakes somebody; `ticket` is looked at on the next working day. */
export type Severity = "page" | "ticket"

/** A group of series in promtool's notation, each by its selector: `'up{job="a"}': "1+0x10"`. */
export type Given = Readonly<Record<string, string>>

/** A history of series, and what the alert does about it. */
export type Case = {
  readonly given: Given
  /** Between two samples; a minute when nothing is said. */
  readonly interval?: string
  /** When one looks, after the series' begin: `20m`. */
  readonly at: string
  /** The labels of each alert that fires by then, without `alertname` and `severity`; none: it is quiet. */
  readonly fires: readonly Readonly<Record<string, string>>[]
}

/** What Prometheus watches on AKS. */
export type PrometheusRule = {
  /** Where and how much: names `{{ $labels.… }}` and `{{ $value }}`. */
  readonly detail: string
  readonly expr: string
  readonly for: string
  /** At least one that fires and one that does not. */
  readonly cases: readonly Case[]
}

/** A query over the workspace's tables that answers rows when something is wrong. */
export type LogRule = {
  readonly kind: "log"
  readonly query: string
  /** How far back the query looks, and how often: ISO 8601. */
  readonly window: string
  readonly frequency: string
}

/** A threshold on a metric that Azure itself counts. */
export type MetricRule = {
  readonly kind: "metric"
  /** Which resource, as infra/terraform/main.monitoring.tf names its scopes. */
  readonly scope: string
  readonly metric: string
  readonly aggregation: "Average" | "Maximum" | "Minimum" | "Total" | "Count"
  readonly operator: "GreaterThan" | "LessThan"
  readonly threshold: number
  readonly dimensions?: Readonly<Record<string, readonly string[]>>
  readonly window: string
  readonly frequency: string
}

/**
 * Something that a person is told. On AKS by Prometheus, on Flex Consumption, where there is none, by Azure Monitor; what
 * only Azure counts (its databases, its gateway) by Azure Monitor on both.
 */
export type Alert = {
  /** In camel case; its runbook is docs/operations/runbooks/<in kebab case>.md. */
  readonly name: string
  readonly severity: Severity
  /** One sentence with what is wrong. */
  readonly summary: string
  readonly prometheus?: PrometheusRule
  readonly azure: LogRule | MetricRule
}

/** `OutboxWaits` → `outbox-waits`: name of the runbook's file. */
export const kebab = (name: string): string => name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "-").toLowerCase()

/** An alert's runbook, from the repository's root. */
export const runbookOf = (name: string): string => `docs/operations/runbooks/${kebab(name)}.md`
