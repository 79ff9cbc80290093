import { attribute, metric } from "./alerts/kql.ts"

export type Chart = {
  readonly title: string
  readonly query: string
  readonly visualization: "timechart" | "table" | "tiles"
}
type Group = { readonly title: string; readonly charts: readonly Chart[] }

const http = "AppRequests\n| where isnotempty(Url)"
const app = 'extend App = extract("(catalog|basket|discount|ordering)", 1, AppRoleName)'

/** The dashboards of Grafana, as far as Application Insights can tell them: it keeps no buckets of histograms. */
export const workbookGroups: readonly Group[] = [
  {
    title: "The shop",
    charts: [
      {
        title: "Orders by the state that they came into",
        query: `${metric("eshop.orders")}\n| summarize Orders = sum(Sum) by Status = ${attribute("eshop.order.status")}, bin(TimeGenerated, 5m)`,
        visualization: "timechart",
      },
      {
        title: "Why orders were cancelled",
        query: `${metric("eshop.orders")}\n| where ${attribute("eshop.order.status")} == "Cancelled"\n| summarize Orders = sum(Sum) by Reason = ${attribute("eshop.reason")}\n| order by Orders`,
        visualization: "table",
      },
      {
        title: "Revenue, by currency",
        query: `${metric("eshop.revenue")}\n| summarize Revenue = sum(Sum) / 100 by Currency = ${attribute("eshop.currency")}, bin(TimeGenerated, 1h)`,
        visualization: "timechart",
      },
      {
        title: "Discounts of checkouts, by currency",
        query: `${metric("eshop.discounts")}\n| summarize Discounts = sum(Sum) / 100 by Currency = ${attribute("eshop.currency")}, bin(TimeGenerated, 1h)`,
        visualization: "timechart",
      },
      {
        title: "Refusals for want of stock",
        query: `${metric("eshop.stock.refusals")}\n| summarize Refusals = sum(Sum) by Reason = ${attribute("eshop.reason")}, bin(TimeGenerated, 5m)`,
        visualization: "timechart",
      },
    ],
  },
  {
    title: "The apps",
    charts: [
      {
        title: "Requests",
        query: `${http}\n| ${app}\n| summarize Requests = sum(ItemCount) by App, bin(TimeGenerated, 5m)`,
        visualization: "timechart",
      },
      {
        title: "Share of server errors",
        query: `${http}\n| ${app}\n| summarize Errors = todouble(sumif(ItemCount, toint(ResultCode) >= 500)) / sum(ItemCount) by App, bin(TimeGenerated, 5m)`,
        visualization: "timechart",
      },
      {
        title: "Latency of the slowest hundredth, in milliseconds",
        query: `${http}\n| ${app}\n| summarize P99 = percentile(DurationMs, 99) by App, bin(TimeGenerated, 5m)`,
        visualization: "timechart",
      },
      {
        title: "The slowest dependencies, in milliseconds",
        query: `AppDependencies\n| ${app}\n| summarize P99 = percentile(DurationMs, 99), Calls = sum(ItemCount), Failed = sumif(ItemCount, Success == false) by App, DependencyType, Target\n| top 20 by P99`,
        visualization: "table",
      },
      {
        title: "Exceptions",
        query: `AppExceptions\n| ${app}\n| summarize Exceptions = sum(ItemCount), LastSeen = max(TimeGenerated) by App, ExceptionType, OuterMessage\n| top 20 by Exceptions`,
        visualization: "table",
      },
    ],
  },
  {
    title: "Messages",
    charts: [
      {
        title: "Oldest event that is not sent, in seconds",
        query: `${metric("eshop.outbox.oldest")}\n| summarize Oldest = max(Max) by App, bin(TimeGenerated, 1m)`,
        visualization: "timechart",
      },
      {
        title: "Parked messages",
        query: `${metric("eshop.messages.parked")}\n| summarize arg_max(TimeGenerated, Max) by App, Reason = ${attribute("eshop.reason")}\n| project App, Reason, Parked = Max`,
        visualization: "table",
      },
      {
        title: "Deliveries, and the slowest of them in seconds",
        query: `${metric("messaging.process.duration")}\n| summarize Deliveries = sum(ItemCount), Slowest = max(Max) by App, Destination = ${attribute("messaging.destination.name")}, bin(TimeGenerated, 5m)`,
        visualization: "timechart",
      },
    ],
  },
  {
    title: "Sagas",
    charts: [
      {
        title: "Open sagas by where they stand",
        query: `${metric("eshop.saga.instances")}\n| summarize arg_max(TimeGenerated, Max) by Saga = ${attribute("eshop.saga")}, Step = ${attribute("eshop.saga.step")}\n| project Saga, Step, Open = Max`,
        visualization: "table",
      },
      {
        title: "How sagas ended",
        query: `${metric("eshop.saga.duration")}\n| summarize Ended = sum(ItemCount), MeanSeconds = sum(Sum) / sum(ItemCount), Slowest = max(Max) by Saga = ${attribute("eshop.saga")}, Outcome = ${attribute("eshop.outcome")}`,
        visualization: "table",
      },
      {
        title: "Waiting for a person",
        query: `${metric("eshop.saga.attention")}\n| summarize Waiting = max(Max) by Saga = ${attribute("eshop.saga")}, bin(TimeGenerated, 5m)`,
        visualization: "timechart",
      },
      {
        title: "Alarms",
        query: `${metric("eshop.alarms")}\n| summarize Alarms = sum(Sum), LastSeen = max(TimeGenerated) by App, Alarm = ${attribute("eshop.alarm")}`,
        visualization: "table",
      },
    ],
  },
  {
    title: "Processes",
    charts: [
      {
        title: "Memory of the Node processes, in bytes",
        query: `${metric("process.memory.usage")}\n| summarize Memory = max(Max) by App, bin(TimeGenerated, 5m)`,
        visualization: "timechart",
      },
      {
        title: "Lateness of the event loop, in seconds",
        query: `${metric("nodejs.eventloop.delay.p99")}\n| summarize Late = max(Max) by App, bin(TimeGenerated, 5m)`,
        visualization: "timechart",
      },
      {
        title: "Instances",
        query: `AppRequests\n| ${app}\n| summarize Instances = dcount(AppRoleInstance) by App, bin(TimeGenerated, 5m)`,
        visualization: "timechart",
      },
    ],
  },
]

const timeRange = {
  type: 9,
  name: "time",
  content: {
    version: "KqlParameterItem/1.0",
    parameters: [
      {
        id: "6f1cb2f4-2d3e-4c1e-9a3e-3b9a6f0d5c11",
        version: "KqlParameterItem/1.0",
        name: "Time",
        type: 4,
        isRequired: true,
        value: { durationMs: 21_600_000 },
        typeSettings: {
          selectableValues: [3_600_000, 21_600_000, 86_400_000, 604_800_000].map((durationMs) => ({
            durationMs,
          })),
          allowCustom: true,
        },
      },
    ],
    style: "pills",
    queryType: 0,
    resourceType: "microsoft.operationalinsights/workspaces",
  },
}

const chartItem = ({ title, query, visualization }: Chart) => ({
  type: 3,
  name: title,
  customWidth: "50",
  content: {
    version: "KqlItem/1.0",
    query,
    size: 0,
    title,
    timeContextFromParameter: "Time",
    queryType: 0,
    resourceType: "microsoft.operationalinsights/workspaces",
    visualization,
  },
})

/** The workbook in Azure's own form; Terraform names the workspace. */
export const workbook = {
  version: "Notebook/1.0",
  items: [
    timeRange,
    ...workbookGroups.flatMap(({ title, charts }) => [
      { type: 1, name: title, content: { json: `## ${title}` } },
      ...charts.map(chartItem),
    ]),
  ],
  isLocked: false,
}
