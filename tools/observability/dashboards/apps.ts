import type { DashboardSpec } from "./panels.ts"

const app = 'job=~"$app"'

const quantiles = (metric: string, by: string, legend: string, more = "") =>
  [0.5, 0.99].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, sum by (le, ${by}) (rate(${metric}_bucket{${app}${more}}[$__rate_interval])))`,
    legend: `${quantile * 100} % ${legend}`,
  }))

/** Each app: what it is asked, how it answers, and what it asks of others. */
export const appsDashboard: DashboardSpec = {
  uid: "eshop-apps",
  title: "eShop: the apps",
  description: "Requests, errors, latencies and dependencies, for the apps chosen above.",
  rows: [
    {
      title: "Requests",
      panels: [
        {
          title: "Requests",
          description: "Answered requests.",
          unit: "per second",
          queries: [
            {
              expr: `sum by (job) (rate(http_server_request_duration_count{${app}}[$__rate_interval]))`,
              legend: "{{job}}",
            },
          ],
        },
        {
          title: "Server errors",
          description: "Share of the requests that were answered with a 5xx.",
          unit: "share",
          queries: [
            {
              expr: `sum by (job) (rate(http_server_request_duration_count{${app},http_response_status_code=~"5.."}[$__rate_interval])) / sum by (job) (rate(http_server_request_duration_count{${app}}[$__rate_interval]))`,
              legend: "{{job}}",
            },
          ],
        },
        {
          title: "Latency",
          description: "Half of the requests, and the slowest hundredth.",
          unit: "seconds",
          queries: quantiles("http_server_request_duration", "job", "{{job}}"),
        },
        {
          title: "The slowest routes",
          description: "99th percentile of the ten slowest.",
          unit: "seconds",
          queries: [
            {
              expr: `topk(10, histogram_quantile(0.99, sum by (le, job, http_request_method, http_route) (rate(http_server_request_duration_bucket{${app}}[$__rate_interval]))))`,
              legend: "{{job}} {{http_request_method}} {{http_route}}",
            },
          ],
        },
      ],
    },
    {
      title: "Use cases",
      panels: [
        {
          title: "Use cases by how they ended",
          description: "`done`, the code of a refusal, or `failed`; whatever triggered them.",
          unit: "per second",
          queries: [
            {
              expr: `sum by (eshop_outcome) (rate(eshop_use_case_duration_count{${app}}[$__rate_interval]))`,
              legend: "{{eshop_outcome}}",
            },
          ],
        },
        {
          title: "The slowest use cases",
          description: "Mean time of the ten slowest.",
          unit: "seconds",
          queries: [
            {
              expr: `topk(10, sum by (eshop_use_case) (rate(eshop_use_case_duration_sum{${app}}[$__rate_interval])) / sum by (eshop_use_case) (rate(eshop_use_case_duration_count{${app}}[$__rate_interval])))`,
              legend: "{{eshop_use_case}}",
            },
          ],
        },
      ],
    },
    {
      title: "Dependencies",
      panels: [
        {
          title: "Which answer",
          description: "1 while at least one instance reaches it, 0 while none does.",
          unit: "count",
          queries: [
            {
              expr: `max by (job, eshop_dependency) (eshop_dependency_up{${app}})`,
              legend: "{{job}} → {{eshop_dependency}}",
            },
          ],
        },
        {
          title: "Calls of other services",
          description: "The slowest hundredth, each attempt by itself.",
          unit: "seconds",
          queries: [
            {
              expr: `histogram_quantile(0.99, sum by (le, job, server_address) (rate(http_client_request_duration_bucket{${app}}[$__rate_interval])))`,
              legend: "{{job}} → {{server_address}}",
            },
          ],
        },
        {
          title: "Stores",
          description: "Statements and commands, the slowest hundredth.",
          unit: "seconds",
          queries: [
            {
              expr: `histogram_quantile(0.99, sum by (le, job, db_system_name) (rate(db_client_operation_duration_bucket{${app}}[$__rate_interval])))`,
              legend: "{{job}} → {{db_system_name}}",
            },
          ],
        },
        {
          title: "Failed calls",
          description: "Calls and statements that ended with an error.",
          unit: "per second",
          queries: [
            {
              expr: `sum by (job, server_address, error_type) (rate(http_client_request_duration_count{${app},error_type!=""}[$__rate_interval]))`,
              legend: "{{job}} → {{server_address}} {{error_type}}",
            },
            {
              expr: `sum by (job, db_system_name, error_type) (rate(db_client_operation_duration_count{${app},error_type!=""}[$__rate_interval]))`,
              legend: "{{job}} → {{db_system_name}} {{error_type}}",
            },
          ],
        },
      ],
    },
  ],
}
