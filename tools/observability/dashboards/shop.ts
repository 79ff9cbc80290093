import type { DashboardSpec } from "./panels.ts"

/** The shop in the words of those who sell. */
export const shop: DashboardSpec = {
  uid: "eshop-shop",
  title: "eShop: the shop",
  description: "Orders, money and refusals. Amounts are in hundredths of the currency, shown as whole ones.",
  rows: [
    {
      title: "The last hour of the chosen time",
      panels: [
        {
          title: "Orders paid",
          description: "Orders that came into Paid.",
          unit: "count",
          kind: "stat",
          queries: [
            { expr: 'sum(increase(eshop_orders_total{eshop_order_status="Paid"}[1h]))', legend: "paid" },
          ],
        },
        {
          title: "Orders cancelled",
          description: "Orders that came into Cancelled, whoever cancelled them.",
          unit: "count",
          kind: "stat",
          queries: [
            {
              expr: 'sum(increase(eshop_orders_total{eshop_order_status="Cancelled"}[1h]))',
              legend: "cancelled",
            },
          ],
        },
        {
          title: "Revenue",
          description: "Money captured, by currency.",
          unit: "money",
          kind: "stat",
          queries: [
            {
              expr: "sum by (eshop_currency) (increase(eshop_revenue_total[1h])) / 100",
              legend: "{{eshop_currency}}",
            },
          ],
        },
        {
          title: "Paid within five minutes",
          description:
            "Share of the orders that get paid within five minutes of their submission. Objective: 95 %.",
          unit: "share",
          kind: "stat",
          queries: [{ expr: "1 - eshop:checkout_time:bad_share_1h", legend: "in time" }],
        },
      ],
    },
    {
      title: "Orders",
      panels: [
        {
          title: "Orders by the state that they came into",
          description: "A gap between Submitted and Paid that stays open: orders stand still.",
          unit: "per second",
          queries: [
            {
              expr: "sum by (eshop_order_status) (rate(eshop_orders_total[$__rate_interval]))",
              legend: "{{eshop_order_status}}",
            },
          ],
        },
        {
          title: "Why orders were cancelled",
          description: "By the code of the reason.",
          unit: "per second",
          queries: [
            {
              expr: 'sum by (eshop_reason) (rate(eshop_orders_total{eshop_order_status="Cancelled"}[$__rate_interval]))',
              legend: "{{eshop_reason}}",
            },
          ],
        },
        {
          title: "From submission to payment",
          description: "Half of the orders that get paid, and the slowest twentieth.",
          unit: "seconds",
          queries: [0.5, 0.95].map((quantile) => ({
            expr: `histogram_quantile(${quantile}, sum by (le) (rate(eshop_saga_duration_bucket{eshop_saga="checkout",eshop_outcome="completed"}[$__rate_interval])))`,
            legend: `${quantile * 100} %`,
          })),
        },
        {
          title: "Refusals for want of stock",
          description: "Holds and reservations that were refused.",
          unit: "per second",
          queries: [
            {
              expr: "sum by (eshop_reason) (rate(eshop_stock_refusals_total[$__rate_interval]))",
              legend: "{{eshop_reason}}",
            },
          ],
        },
      ],
    },
    {
      title: "Money",
      panels: [
        {
          title: "Revenue, an hour at a time",
          description: "Money captured, by currency.",
          unit: "money",
          queries: [
            {
              expr: "sum by (eshop_currency) (increase(eshop_revenue_total[1h])) / 100",
              legend: "{{eshop_currency}}",
            },
          ],
        },
        {
          title: "Given back and given away, an hour at a time",
          description: "Refunds, and the discounts of checkouts.",
          unit: "money",
          queries: [
            {
              expr: "sum by (eshop_currency) (increase(eshop_refunds_total[1h])) / 100",
              legend: "refunds {{eshop_currency}}",
            },
            {
              expr: "sum by (eshop_currency) (increase(eshop_discounts_total[1h])) / 100",
              legend: "discounts {{eshop_currency}}",
            },
          ],
        },
      ],
    },
  ],
}
