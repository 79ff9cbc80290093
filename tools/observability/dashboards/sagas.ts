import type { DashboardSpec } from "./panels.ts"

/** Checkouts, fulfilments and refunds on their way. */
export const sagas: DashboardSpec = {
  uid: "eshop-sagas",
  title: "eShop: sagas",
  description: "Where the open ones stand, how the others ended, and which need somebody.",
  rows: [
    {
      title: "Open",
      panels: [
        {
          title: "Open sagas",
          description: "All that have not ended.",
          unit: "count",
          queries: [
            {
              expr: "sum by (eshop_saga) (max by (eshop_saga, eshop_saga_step) (eshop_saga_instances))",
              legend: "{{eshop_saga}}",
            },
          ],
        },
        {
          title: "Checkouts by where they stand",
          description: "One step that grows: what it waits for does not come.",
          unit: "count",
          queries: [
            {
              expr: 'max by (eshop_saga_step) (eshop_saga_instances{eshop_saga="checkout"})',
              legend: "{{eshop_saga_step}}",
            },
          ],
        },
        {
          title: "Waiting for a person",
          description: "A step keeps failing: GET /ordering/operations/sagas lists them.",
          unit: "count",
          queries: [{ expr: "max by (eshop_saga) (eshop_saga_attention)", legend: "{{eshop_saga}}" }],
        },
        {
          title: "Alarms",
          description: "What a person must know, by its name.",
          unit: "count",
          queries: [
            {
              expr: "sum by (job, eshop_alarm) (increase(eshop_alarms_total[1h]))",
              legend: "{{job}} {{eshop_alarm}}",
            },
          ],
        },
      ],
    },
    {
      title: "Ended",
      panels: [
        {
          title: "How they ended",
          description: "`completed`, `faulty`, `stranded`, or the reason for which they were led back.",
          unit: "per second",
          queries: [
            {
              expr: "sum by (eshop_saga, eshop_outcome) (rate(eshop_saga_duration_count[$__rate_interval]))",
              legend: "{{eshop_saga}} {{eshop_outcome}}",
            },
          ],
        },
        {
          title: "How long they took",
          description: "95th percentile.",
          unit: "seconds",
          queries: [
            {
              expr: "histogram_quantile(0.95, sum by (le, eshop_saga) (rate(eshop_saga_duration_bucket[$__rate_interval])))",
              legend: "{{eshop_saga}}",
            },
          ],
        },
      ],
    },
  ],
}
