import type { Alert } from "./alert.ts"
import { attribute, metric } from "./kql.ts"

const everyFiveMinutes = { window: "PT15M", frequency: "PT5M" } as const

const messages: readonly Alert[] = [
  {
    name: "OutboxWaits",
    severity: "page",
    summary: "An event has waited for more than a minute to be sent: orders stand still.",
    prometheus: {
      detail: "{{ $labels.job }}: the oldest waits for {{ $value | humanizeDuration }}",
      // Each instance reads the same table: the largest answer is the truth.
      expr: "max by (job) (eshop_outbox_oldest) > 60",
      for: "5m",
      cases: [
        {
          given: { 'eshop_outbox_oldest{job="ordering"}': "0x5 60+60x15" },
          at: "15m",
          fires: [{ job: "ordering" }],
        },
        { given: { 'eshop_outbox_oldest{job="ordering"}': "0x5 90x3 0x20" }, at: "15m", fires: [] },
      ],
    },
    azure: {
      kind: "log",
      query: `${metric("eshop.outbox.oldest")}\n| summarize Oldest = max(Max) by App, bin(TimeGenerated, 1m)\n| summarize LateMinutes = countif(Oldest > 60), Oldest = max(Oldest) by App\n| where LateMinutes >= 5`,
      window: "PT10M",
      frequency: "PT5M",
    },
  },
  {
    name: "DeadLetters",
    severity: "ticket",
    summary: "Messages lie in a dead-letter queue.",
    prometheus: {
      detail: "{{ $labels.job }}: {{ $value }} of {{ $labels.messaging_destination_name }}",
      expr: "max by (job, messaging_destination_name) (eshop_messages_dead_lettered) > 0",
      for: "5m",
      cases: [
        {
          given: {
            'eshop_messages_dead_lettered{job="catalog",messaging_destination_name="ordering-events"}':
              "0x5 2x15",
          },
          at: "15m",
          fires: [{ job: "catalog", messaging_destination_name: "ordering-events" }],
        },
        {
          given: {
            'eshop_messages_dead_lettered{job="catalog",messaging_destination_name="ordering-events"}':
              "0x20",
          },
          at: "15m",
          fires: [],
        },
      ],
    },
    azure: {
      kind: "metric",
      scope: "service-bus",
      metric: "DeadletteredMessages",
      aggregation: "Maximum",
      operator: "GreaterThan",
      threshold: 0,
      dimensions: { EntityName: ["*"] },
      ...everyFiveMinutes,
    },
  },
  {
    name: "ParkedMessages",
    severity: "ticket",
    summary: "An app has parked messages that it can never handle.",
    prometheus: {
      detail: "{{ $labels.job }}: {{ $value }} with the reason {{ $labels.eshop_reason }}",
      expr: "max by (job, eshop_reason) (eshop_messages_parked) > 0",
      for: "5m",
      cases: [
        {
          given: { 'eshop_messages_parked{job="ordering",eshop_reason="handler-failed"}': "0x5 1x15" },
          at: "15m",
          fires: [{ job: "ordering", eshop_reason: "handler-failed" }],
        },
        {
          given: { 'eshop_messages_parked{job="ordering",eshop_reason="handler-failed"}': "1x3 0x20" },
          at: "15m",
          fires: [],
        },
      ],
    },
    azure: {
      kind: "log",
      query: `${metric("eshop.messages.parked")}\n| summarize arg_max(TimeGenerated, Max) by App, Reason = ${attribute("eshop.reason")}\n| where Max > 0`,
      ...everyFiveMinutes,
    },
  },
  {
    name: "HeldMessages",
    severity: "ticket",
    summary: "Messages are held for more than half a minute: what their handler needs is away.",
    prometheus: {
      detail:
        "{{ $labels.job }}: {{ $value | humanizePercentage }} of the deliveries from {{ $labels.messaging_destination_name }}",
      expr: `1 - sum by (job, messaging_destination_name) (rate(messaging_process_duration_bucket{le="30"}[10m]))
  / sum by (job, messaging_destination_name) (rate(messaging_process_duration_count[10m])) > 0.1`,
      for: "10m",
      cases: [
        {
          given: {
            'messaging_process_duration_bucket{job="ordering",messaging_destination_name="basket-events",le="30"}':
              "0+1x40",
            'messaging_process_duration_count{job="ordering",messaging_destination_name="basket-events"}':
              "0+2x40",
          },
          at: "30m",
          fires: [{ job: "ordering", messaging_destination_name: "basket-events" }],
        },
        {
          given: {
            'messaging_process_duration_bucket{job="ordering",messaging_destination_name="basket-events",le="30"}':
              "0+99x40",
            'messaging_process_duration_count{job="ordering",messaging_destination_name="basket-events"}':
              "0+100x40",
          },
          at: "30m",
          fires: [],
        },
      ],
    },
    azure: {
      kind: "log",
      query: `${metric("messaging.process.duration")}\n| summarize Held = sumif(ItemCount, Max > 30), Deliveries = sum(ItemCount) by App, Destination = ${attribute("messaging.destination.name")}\n| where Deliveries > 0 and todouble(Held) / Deliveries > 0.1`,
      window: "PT30M",
      frequency: "PT10M",
    },
  },
]

const orders: readonly Alert[] = [
  {
    name: "SagaAttention",
    severity: "ticket",
    summary: "A saga waits for a person.",
    prometheus: {
      detail: "{{ $labels.eshop_saga }}: {{ $value }}",
      expr: "max by (job, eshop_saga) (eshop_saga_attention) > 0",
      for: "5m",
      cases: [
        {
          given: { 'eshop_saga_attention{job="ordering",eshop_saga="checkout"}': "0x5 1x15" },
          at: "15m",
          fires: [{ job: "ordering", eshop_saga: "checkout" }],
        },
        {
          given: { 'eshop_saga_attention{job="ordering",eshop_saga="checkout"}': "0x20" },
          at: "15m",
          fires: [],
        },
      ],
    },
    azure: {
      kind: "log",
      query: `${metric("eshop.saga.attention")}\n| summarize arg_max(TimeGenerated, Max) by App, Saga = ${attribute("eshop.saga")}\n| where Max > 0`,
      ...everyFiveMinutes,
    },
  },
  {
    name: "Alarm",
    severity: "ticket",
    summary: "An app has raised an alarm; its log has the text.",
    prometheus: {
      detail: "{{ $labels.job }}: {{ $labels.eshop_alarm }}",
      // A counter appears with its first alarm, which increase() does not see: hence the second half.
      expr: `sum by (job, eshop_alarm) (increase(eshop_alarms_total[15m])) > 0
or
sum by (job, eshop_alarm) (eshop_alarms_total unless eshop_alarms_total offset 15m) > 0`,
      for: "0m",
      cases: [
        {
          given: { 'eshop_alarms_total{job="ordering",eshop_alarm="stock-gone"}': "_x5 1x30" },
          at: "10m",
          fires: [{ job: "ordering", eshop_alarm: "stock-gone" }],
        },
        {
          given: { 'eshop_alarms_total{job="ordering",eshop_alarm="stock-gone"}': "1x40 2x10" },
          at: "45m",
          fires: [{ job: "ordering", eshop_alarm: "stock-gone" }],
        },
        {
          given: { 'eshop_alarms_total{job="ordering",eshop_alarm="stock-gone"}': "1x40" },
          at: "30m",
          fires: [],
        },
      ],
    },
    azure: {
      kind: "log",
      query: `${metric("eshop.alarms")}\n| summarize Alarms = sum(Sum) by App, Alarm = ${attribute("eshop.alarm")}\n| where Alarms > 0`,
      ...everyFiveMinutes,
    },
  },
  {
    name: "OrdersCancelled",
    severity: "page",
    summary: "More than half of the orders of the last half hour were cancelled, not paid.",
    prometheus: {
      detail: "{{ $value | humanizePercentage }}",
      expr: `sum(increase(eshop_orders_total{eshop_order_status="Cancelled",eshop_reason!="customer.asked"}[30m]))
  / sum(increase(eshop_orders_total{eshop_order_status=~"Paid|Cancelled"}[30m])) > 0.5
and sum(increase(eshop_orders_total{eshop_order_status=~"Paid|Cancelled"}[30m])) >= 10`,
      for: "5m",
      cases: [
        {
          given: {
            'eshop_orders_total{job="ordering",eshop_order_status="Paid"}': "0+1x60",
            'eshop_orders_total{job="ordering",eshop_order_status="Cancelled",eshop_reason="payment.unavailable"}':
              "0+3x60",
          },
          at: "50m",
          fires: [{}],
        },
        {
          given: {
            'eshop_orders_total{job="ordering",eshop_order_status="Paid"}': "0+1x60",
            'eshop_orders_total{job="ordering",eshop_order_status="Cancelled",eshop_reason="customer.asked"}':
              "0+3x60",
          },
          at: "50m",
          fires: [],
        },
        {
          // Three orders at night are no trend.
          given: {
            'eshop_orders_total{job="ordering",eshop_order_status="Cancelled",eshop_reason="payment.declined"}':
              "0x20 1x10 2x10 3x20",
          },
          at: "50m",
          fires: [],
        },
      ],
    },
    azure: {
      kind: "log",
      query: `${metric("eshop.orders")}\n| extend Status = ${attribute("eshop.order.status")}, Reason = ${attribute("eshop.reason")}\n| summarize Cancelled = sumif(Sum, Status == "Cancelled" and Reason != "customer.asked"), Ended = sumif(Sum, Status in ("Paid", "Cancelled"))\n| where Ended >= 10 and Cancelled / Ended > 0.5`,
      window: "PT30M",
      frequency: "PT5M",
    },
  },
]

/** What happens to messages and orders. */
export const symptomAlerts: readonly Alert[] = [...messages, ...orders]
