import type { DashboardSpec } from "./panels.ts"

const app = 'job=~"$app"'

/** Events between the apps: from the outbox to their handler, and those that wait for a person. */
export const messaging: DashboardSpec = {
  uid: "eshop-messaging",
  title: "eShop: messages",
  description: "How deep the broker's queues are, Azure counts: Service Bus in the portal.",
  rows: [
    {
      title: "Sending",
      panels: [
        {
          title: "Oldest event that is not sent",
          description:
            "Every instance reads the same table: the largest answer is the truth. An alert fires at a minute.",
          unit: "seconds",
          queries: [{ expr: `max by (job) (eshop_outbox_oldest{${app}})`, legend: "{{job}}" }],
        },
        {
          title: "Events that are not sent",
          description: "Committed, and in the outbox.",
          unit: "count",
          queries: [{ expr: `max by (job) (eshop_outbox_pending{${app}})`, legend: "{{job}}" }],
        },
        {
          title: "Sent",
          description: "Messages that the broker took.",
          unit: "per second",
          queries: [
            {
              expr: `sum by (job, messaging_destination_name) (rate(messaging_client_sent_messages_total{${app}}[$__rate_interval]))`,
              legend: "{{job}} → {{messaging_destination_name}}",
            },
          ],
        },
      ],
    },
    {
      title: "Handling",
      panels: [
        {
          title: "Deliveries",
          description: "Consumed messages, each delivery by itself.",
          unit: "per second",
          queries: [
            {
              expr: `sum by (job, messaging_destination_name) (rate(messaging_process_duration_count{${app}}[$__rate_interval]))`,
              legend: "{{messaging_destination_name}} → {{job}}",
            },
          ],
        },
        {
          title: "Time of a delivery",
          description: "The slowest hundredth, with the time that it was held.",
          unit: "seconds",
          queries: [
            {
              expr: `histogram_quantile(0.99, sum by (le, job) (rate(messaging_process_duration_bucket{${app}}[$__rate_interval])))`,
              legend: "{{job}}",
            },
          ],
        },
        {
          title: "Held",
          description:
            "Share of the deliveries that took more than 30 seconds: what the handler needs is away.",
          unit: "share",
          queries: [
            {
              expr: `1 - sum by (job) (rate(messaging_process_duration_bucket{${app},le="30"}[$__rate_interval])) / sum by (job) (rate(messaging_process_duration_count{${app}}[$__rate_interval]))`,
              legend: "{{job}}",
            },
          ],
        },
        {
          title: "Failed deliveries",
          description: "They come again, up to the delivery limit of 60.",
          unit: "per second",
          queries: [
            {
              expr: `sum by (job, messaging_message_type, error_type) (rate(messaging_process_duration_count{${app},error_type!=""}[$__rate_interval]))`,
              legend: "{{job}} {{messaging_message_type}} {{error_type}}",
            },
          ],
        },
      ],
    },
    {
      title: "Waiting for a person",
      panels: [
        {
          title: "Parked",
          description: "In the app's own store, with the reason.",
          unit: "count",
          queries: [
            {
              expr: `max by (job, eshop_reason) (eshop_messages_parked{${app}})`,
              legend: "{{job}} {{eshop_reason}}",
            },
          ],
        },
        {
          title: "Dead letters",
          description: "In the dead-letter queues of the app's subscriptions.",
          unit: "count",
          queries: [
            {
              expr: `max by (job, messaging_destination_name) (eshop_messages_dead_lettered{${app}})`,
              legend: "{{messaging_destination_name}} → {{job}}",
            },
          ],
        },
      ],
    },
  ],
}
