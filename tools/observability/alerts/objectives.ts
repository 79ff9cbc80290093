import type { Alert, Given, Severity } from "./alert.ts"
import { appOf } from "./kql.ts"

/** How fast the error budget of 30 days burns, over which windows, and what that is worth. */
export const burns = [
  // 2 % of the budget in an hour; 5 % in six hours: somebody must act now.
  { severity: "page", factor: 14.4, long: "1h", short: "5m" },
  { severity: "page", factor: 6, long: "6h", short: "30m" },
  // 10 % in two days, the longest that a log alert of Azure can look back.
  { severity: "ticket", factor: 1.5, long: "2d", short: "4h" },
] as const satisfies readonly { severity: Severity; factor: number; long: string; short: string }[]

export const windows = ["5m", "30m", "1h", "4h", "6h", "2d"] as const
export type Window = (typeof windows)[number]

export type Objective = {
  /** Name of its alerts. */
  readonly name: string
  /** What is promised, for docs/operations/slo.md and the dashboard. */
  readonly promise: string
  /** Share of good events, e.g. 0.999. */
  readonly target: number
  readonly summary: string
  readonly detail: string
  /** Share of bad events over a window, by Prometheus. */
  readonly badShare: (window: Window) => string
  /** Events over a window: below `least` in the long one nobody is told. Time-based objectives have none. */
  readonly events?: { readonly count: (window: Window) => string; readonly least: number }
  /** Names of the recorded series: `eshop:<recorded>:bad_share_5m`. */
  readonly recorded: string
  /** Labels that tell the series apart. */
  readonly by: readonly string[]
  /** KQL up to columns TimeGenerated, Bad, Total (and App): one row an event, a batch of events, or a minute. */
  readonly log: string
  /** A history with that share of bad events. */
  readonly given: (share: number) => Given
  /** Burn rates of the histories that its alerts are tried on. */
  readonly tried: readonly number[]
  /** Labels of the alert that fires. */
  readonly firing: Readonly<Record<string, string>>
}

const gateway = 'envoy_cluster_name=~"httproute/eshop/.*"'
const paid = 'eshop_saga="checkout",eshop_outcome="completed"'

/** As many samples as the longest look back takes, and more. */
const samples = 110
/** A counter that grows by that share of 10,000 from sample to sample. */
const growing = (share: number): string => `0+${Math.round(share * 10_000)}x${samples}`
/** Above every limit; above that of six hours alone; above the ticket's alone; below all. */
const anyShare = [20, 10, 3, 0.5] as const

export const objectives: readonly Objective[] = [
  {
    name: "FrontDoorErrors",
    promise: "99.9 % of the requests are answered without a server error.",
    target: 0.999,
    summary: "More of the shop's requests end with a server error than its objective bears.",
    detail: "{{ $value | humanizePercentage }} of the requests",
    badShare: (window) =>
      `(sum(rate(envoy_cluster_upstream_rq_xx{${gateway},envoy_response_code_class="5"}[${window}])) or vector(0)) / sum(rate(envoy_cluster_upstream_rq_xx{${gateway}}[${window}]))`,
    events: {
      count: (window) => `sum(increase(envoy_cluster_upstream_rq_xx{${gateway}}[${window}]))`,
      least: 100,
    },
    recorded: "front_door_errors",
    by: [],
    // ItemCount: what one row stands for when telemetry is sampled.
    log: "AppRequests\n| where isnotempty(Url)\n| project TimeGenerated, Bad = iff(toint(ResultCode) >= 500, todouble(ItemCount), 0.0), Total = todouble(ItemCount)",
    given: (share) => ({
      'envoy_cluster_upstream_rq_xx{envoy_cluster_name="httproute/eshop/catalog/rule/0/backend/0",envoy_response_code_class="2"}':
        growing(1 - share),
      'envoy_cluster_upstream_rq_xx{envoy_cluster_name="httproute/eshop/catalog/rule/0/backend/0",envoy_response_code_class="5"}':
        growing(share),
    }),
    tried: anyShare,
    firing: {},
  },
  {
    name: "FrontDoorLatency",
    promise: "99 % of the requests are answered within one second.",
    target: 0.99,
    summary: "More of the shop's requests take longer than a second than its objective bears.",
    detail: "{{ $value | humanizePercentage }} of the requests",
    badShare: (window) =>
      `1 - sum(rate(http_server_request_duration_bucket{le="1"}[${window}])) / sum(rate(http_server_request_duration_count[${window}]))`,
    events: { count: (window) => `sum(increase(http_server_request_duration_count[${window}]))`, least: 100 },
    recorded: "front_door_latency",
    by: [],
    log: "AppRequests\n| where isnotempty(Url)\n| project TimeGenerated, Bad = iff(DurationMs > 1000, todouble(ItemCount), 0.0), Total = todouble(ItemCount)",
    given: (share) => ({
      'http_server_request_duration_bucket{job="catalog",le="1"}': growing(1 - share),
      'http_server_request_duration_count{job="catalog"}': growing(1),
    }),
    tried: anyShare,
    firing: {},
  },
  {
    // The shop gives the customer a minute to think better of it (GRACE_PERIOD_SECONDS), and some payments ask the shopper.
    name: "CheckoutTime",
    promise: "95 % of the orders that get paid are paid within five minutes of their submission.",
    target: 0.95,
    summary: "More orders wait longer than five minutes for their payment than the objective bears.",
    detail: "{{ $value | humanizePercentage }} of the orders that get paid",
    badShare: (window) =>
      `1 - sum(rate(eshop_saga_duration_bucket{${paid},le="300"}[${window}])) / sum(rate(eshop_saga_duration_count{${paid}}[${window}]))`,
    events: { count: (window) => `sum(increase(eshop_saga_duration_count{${paid}}[${window}]))`, least: 20 },
    recorded: "checkout_time",
    by: [],
    // Of a histogram Azure keeps count and maximum alone: a batch (a minute of one process) counts as late when its slowest is.
    log: 'AppMetrics\n| where Name == "eshop.saga.duration" and tostring(Properties["eshop.saga"]) == "checkout" and tostring(Properties["eshop.outcome"]) == "completed"\n| project TimeGenerated, Bad = iff(Max > 300, todouble(ItemCount), 0.0), Total = todouble(ItemCount)',
    given: (share) => ({
      'eshop_saga_duration_bucket{job="ordering",eshop_saga="checkout",eshop_outcome="completed",le="300"}':
        growing(1 - share),
      'eshop_saga_duration_count{job="ordering",eshop_saga="checkout",eshop_outcome="completed"}': growing(1),
    }),
    tried: anyShare,
    firing: {},
  },
  {
    name: "EventLag",
    promise: "In 99.5 % of the minutes no committed event waits for more than 30 seconds to be sent.",
    target: 0.995,
    summary: "Events are sent late in more minutes than the objective bears.",
    detail: "{{ $labels.job }}: in {{ $value | humanizePercentage }} of the minutes",
    badShare: (window) => `avg_over_time(eshop:outbox_late:bool[${window}])`,
    recorded: "event_lag",
    by: ["job"],
    log: `AppMetrics\n| where Name == "eshop.outbox.oldest"\n| extend App = ${appOf}\n| summarize Oldest = max(Max) by App, TimeGenerated = bin(TimeGenerated, 1m)\n| project TimeGenerated, App, Bad = iff(Oldest > 30, 1.0, 0.0), Total = 1.0`,
    given: (share) => ({ 'eshop_outbox_oldest{job="basket"}': `${share > 0 ? 45 : 12}+0x${samples}` }),
    // Late in every minute, or in none.
    tried: [200, 0],
    firing: { job: "basket" },
  },
]

/** What is recorded besides the objectives' shares: the minutes in which an app's events were late. */
export const recordings = [
  { record: "eshop:outbox_late:bool", expr: "max by (job) (eshop_outbox_oldest) > bool 30", labels: ["job"] },
] as const

export const recordedName = ({ recorded }: Objective, window: Window): string =>
  `eshop:${recorded}:bad_share_${window}`

const percent = (share: number) => Number(share.toFixed(6))

/** Windows of days need no sample a minute. */
const times: Record<Severity, { readonly interval: string; readonly at: string }> = {
  page: { interval: "2m", at: "2h" },
  ticket: { interval: "30m", at: "50h" },
}

function burnExpression(objective: Objective, severity: Severity): string {
  const { events } = objective
  return burns
    .filter((burn) => burn.severity === severity)
    .map(({ factor, long, short }) => {
      const limit = percent(factor * (1 - objective.target))
      const burning = `${recordedName(objective, long)} > ${limit} and ${recordedName(objective, short)} > ${limit}`
      return events ? `(${burning} and ${events.count(long)} >= ${events.least})` : `(${burning})`
    })
    .join("\nor\n")
}

const longest: Record<Severity, { readonly window: string; readonly frequency: string }> = {
  page: { window: "PT6H", frequency: "PT5M" },
  ticket: { window: "P2D", frequency: "PT1H" },
}

function burnQuery(objective: Objective, severity: Severity): string {
  const chosen = burns.filter((burn) => burn.severity === severity)
  const by = objective.by.length > 0 ? " by App" : ""
  const over = (window: string) =>
    `${column(window)} = sumif(Bad, TimeGenerated > ago(${window})) / sumif(Total, TimeGenerated > ago(${window}))`
  const columns = chosen.flatMap(({ long, short }) => [over(long), over(short)])
  const counts = objective.events
    ? chosen.map(({ long }) => `Events_${long} = sumif(Total, TimeGenerated > ago(${long}))`)
    : []
  const burning = chosen.map(({ factor, long, short }) => {
    const limit = percent(factor * (1 - objective.target))
    const enough = objective.events ? ` and Events_${long} >= ${objective.events.least}` : ""
    return `(${column(long)} > ${limit} and ${column(short)} > ${limit}${enough})`
  })
  return `${objective.log}\n| summarize ${[...columns, ...counts].join(", ")}${by}\n| where ${burning.join(" or ")}`
}

const column = (window: string) => `Bad_${window}`

/** An objective's two alerts, which share name and runbook: one that pages, one that writes a ticket. */
const alertsOf = (objective: Objective): Alert[] =>
  (["page", "ticket"] as const).map((severity) => ({
    name: objective.name,
    severity,
    summary: objective.summary,
    prometheus: {
      detail: objective.detail,
      expr: burnExpression(objective, severity),
      for: "2m",
      cases: objective.tried.map((burn) => ({
        given: objective.given(burn * (1 - objective.target)),
        ...times[severity],
        fires: burns.some((step) => step.severity === severity && burn > step.factor)
          ? [objective.firing]
          : [],
      })),
    },
    azure: { kind: "log", query: burnQuery(objective, severity), ...longest[severity] },
  }))

export const objectiveAlerts: readonly Alert[] = objectives.flatMap(alertsOf)
