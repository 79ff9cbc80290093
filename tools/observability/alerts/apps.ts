import { apps } from "../../apps.ts"
import type { Alert } from "./alert.ts"
import { appOf, attribute, metric, silentSince } from "./kql.ts"

const jobs = apps.join("|")
const everyFiveMinutes = { window: "PT15M", frequency: "PT5M" } as const

/** Apps that are not there, or miss what they need. One entry tells how it is seen on AKS and on Flex Consumption. */
const outages: readonly Alert[] = [
  {
    name: "AppDown",
    severity: "page",
    summary: "An app has no running instance.",
    prometheus: {
      detail: "{{ $labels.job }}: Deployment {{ $labels.deployment }}",
      expr: `label_replace(
  kube_deployment_status_replicas_available{namespace="eshop"} == 0
    and on (namespace, deployment) kube_deployment_spec_replicas{namespace="eshop"} > 0,
  "job", "$1", "deployment", "(${jobs})-.*"
)`,
      for: "3m",
      cases: [
        {
          given: {
            'kube_deployment_status_replicas_available{namespace="eshop",deployment="ordering-worker"}':
              "2x5 0x20",
            'kube_deployment_spec_replicas{namespace="eshop",deployment="ordering-worker"}': "2x25",
          },
          at: "15m",
          fires: [{ job: "ordering", deployment: "ordering-worker", namespace: "eshop" }],
        },
        {
          // Between canaries Flagger keeps the first Deployment at no replicas.
          given: {
            'kube_deployment_status_replicas_available{namespace="eshop",deployment="catalog-http"}': "0x25",
            'kube_deployment_spec_replicas{namespace="eshop",deployment="catalog-http"}': "0x25",
            'kube_deployment_status_replicas_available{namespace="eshop",deployment="catalog-http-primary"}':
              "1x25",
            'kube_deployment_spec_replicas{namespace="eshop",deployment="catalog-http-primary"}': "3x25",
          },
          at: "15m",
          fires: [],
        },
      ],
    },
    // Every app has a timer that runs several times a minute: one that is silent for ten minutes is not there.
    azure: {
      kind: "log",
      query: silentSince("AppRequests | where TimeGenerated > ago(10m)"),
      ...everyFiveMinutes,
    },
  },
  {
    name: "AppRestarts",
    severity: "ticket",
    summary: "An instance restarts again and again.",
    prometheus: {
      detail: "{{ $labels.pod }}: {{ $value | humanize }} times in half an hour",
      expr: 'sum by (namespace, pod) (increase(kube_pod_container_status_restarts_total{namespace="eshop",container="functions"}[30m])) > 3',
      for: "0m",
      cases: [
        {
          given: {
            'kube_pod_container_status_restarts_total{namespace="eshop",pod="basket-http-a",container="functions"}':
              "0+1x30",
          },
          at: "20m",
          fires: [{ namespace: "eshop", pod: "basket-http-a" }],
        },
        {
          given: {
            'kube_pod_container_status_restarts_total{namespace="eshop",pod="basket-http-a",container="functions"}':
              "0x10 1x20",
          },
          at: "30m",
          fires: [],
        },
      ],
    },
    // The host's words for a Node process that has ended, as a line or as an exception.
    azure: {
      kind: "log",
      query: `union (AppTraces | project AppRoleName, Text = Message), (AppExceptions | project AppRoleName, Text = OuterMessage)\n| where Text has "exited with code"\n| extend App = ${appOf}\n| summarize Restarts = count() by App\n| where Restarts > 3`,
      window: "PT30M",
      frequency: "PT15M",
    },
  },
  {
    name: "StoreOut",
    severity: "page",
    summary: "An app does not reach its own database: it answers 503.",
    prometheus: {
      detail: "{{ $labels.job }}",
      expr: 'max by (job) (eshop_dependency_up{eshop_dependency="store"}) == 0',
      for: "2m",
      cases: [
        {
          given: {
            'eshop_dependency_up{job="catalog",pod="a",eshop_dependency="store"}': "1x5 0x10",
            'eshop_dependency_up{job="catalog",pod="b",eshop_dependency="store"}': "1x5 0x10",
          },
          at: "10m",
          fires: [{ job: "catalog" }],
        },
        {
          given: {
            'eshop_dependency_up{job="catalog",pod="a",eshop_dependency="store"}': "0x15",
            'eshop_dependency_up{job="catalog",pod="b",eshop_dependency="store"}': "1x15",
            'eshop_dependency_up{job="catalog",pod="b",eshop_dependency="redis"}': "0x15",
          },
          at: "10m",
          fires: [],
        },
      ],
    },
    azure: {
      kind: "log",
      query: `${metric("eshop.dependency.up")}\n| where ${attribute("eshop.dependency")} == "store"\n| summarize Up = max(Max) by App\n| where Up == 0`,
      window: "PT5M",
      frequency: "PT5M",
    },
  },
  {
    name: "DependencyOut",
    severity: "ticket",
    summary: "An app does not reach something that it can do without: it is degraded.",
    prometheus: {
      detail: "{{ $labels.job }} does not reach {{ $labels.eshop_dependency }}",
      expr: 'max by (job, eshop_dependency) (eshop_dependency_up{eshop_dependency!="store"}) == 0',
      for: "10m",
      cases: [
        {
          given: { 'eshop_dependency_up{job="basket",eshop_dependency="redis"}': "1x5 0x20" },
          at: "20m",
          fires: [{ job: "basket", eshop_dependency: "redis" }],
        },
        {
          given: {
            'eshop_dependency_up{job="basket",eshop_dependency="redis"}': "1x5 0x5 1x15",
            'eshop_dependency_up{job="basket",eshop_dependency="store"}': "0x25",
          },
          at: "20m",
          fires: [],
        },
      ],
    },
    azure: {
      kind: "log",
      query: `${metric("eshop.dependency.up")}\n| extend Dependency = ${attribute("eshop.dependency")}\n| where Dependency != "store"\n| summarize Up = max(Max) by App, Dependency\n| where Up == 0`,
      ...everyFiveMinutes,
    },
  },
]

/** One whose pod does not answer, and one whose pod is gone. */
const silent: Readonly<Record<string, string>> = { discount: "1x5 0x25", basket: "1x5 stale" }

const processes: readonly Alert[] = [
  {
    name: "MetricsMissing",
    severity: "ticket",
    summary: "Nothing is heard of an app's metrics: its other alerts are blind.",
    prometheus: {
      detail: "{{ $labels.job }}",
      expr: [`sum by (job) (up{job=~"${jobs}"}) == 0`, ...apps.map((app) => `absent(up{job="${app}"})`)].join(
        "\nor\n",
      ),
      for: "15m",
      cases: [
        {
          given: Object.fromEntries(apps.map((app) => [`up{job="${app}",pod="a"}`, silent[app] ?? "1x30"])),
          at: "28m",
          fires: [{ job: "basket" }, { job: "discount" }],
        },
        {
          given: Object.fromEntries(
            apps.flatMap((app) => [
              [`up{job="${app}",pod="a"}`, "1x30"],
              [`up{job="${app}",pod="b"}`, "0x30"],
            ]),
          ),
          at: "25m",
          fires: [],
        },
      ],
    },
    azure: {
      kind: "log",
      query: silentSince("AppMetrics"),
      window: "PT30M",
      frequency: "PT15M",
    },
  },
  {
    name: "EventLoopBlocked",
    severity: "ticket",
    summary: "The event loop of an instance is more than a quarter of a second late.",
    prometheus: {
      detail: "{{ $labels.pod }} of {{ $labels.job }}: {{ $value | humanizeDuration }}",
      expr: "max by (job, pod) (nodejs_eventloop_delay_p99) > 0.25",
      for: "10m",
      cases: [
        {
          given: { 'nodejs_eventloop_delay_p99{job="basket",pod="a"}': "0.6x20" },
          at: "15m",
          fires: [{ job: "basket", pod: "a" }],
        },
        {
          given: { 'nodejs_eventloop_delay_p99{job="basket",pod="a"}': "0.02x5 0.6x5 0.02x10" },
          at: "15m",
          fires: [],
        },
      ],
    },
    azure: {
      kind: "log",
      query: `${metric("nodejs.eventloop.delay.p99")}\n| summarize Least = min(Min), Minutes = count() by App, AppRoleInstance\n| where Minutes >= 10 and Least > 0.25`,
      ...everyFiveMinutes,
    },
  },
  {
    name: "MemoryHigh",
    severity: "ticket",
    summary: "An instance has nearly used up its memory; it will be killed.",
    prometheus: {
      detail: "{{ $labels.pod }}: {{ $value | humanizePercentage }}",
      expr: `max by (namespace, pod) (container_memory_working_set_bytes{namespace="eshop",container="functions"})
  / max by (namespace, pod) (kube_pod_container_resource_limits{namespace="eshop",container="functions",resource="memory"}) > 0.9`,
      for: "15m",
      cases: [
        {
          given: {
            'container_memory_working_set_bytes{namespace="eshop",pod="a",container="functions"}': "950x30",
            'kube_pod_container_resource_limits{namespace="eshop",pod="a",container="functions",resource="memory"}':
              "1000x30",
            'kube_pod_container_resource_limits{namespace="eshop",pod="a",container="functions",resource="cpu"}':
              "1x30",
          },
          at: "25m",
          fires: [{ namespace: "eshop", pod: "a" }],
        },
        {
          given: {
            'container_memory_working_set_bytes{namespace="eshop",pod="a",container="functions"}': "600x30",
            'kube_pod_container_resource_limits{namespace="eshop",pod="a",container="functions",resource="memory"}':
              "1000x30",
          },
          at: "25m",
          fires: [],
        },
      ],
    },
    // An instance of Flex Consumption has 2 GB, of which the host takes its part.
    azure: {
      kind: "log",
      query: `${metric("process.memory.usage")}\n| summarize Least = min(Min), Minutes = count() by App, AppRoleInstance\n| where Minutes >= 10 and Least > 1500000000`,
      ...everyFiveMinutes,
    },
  },
]

/** What is wrong with an app or its processes. */
export const appAlerts: readonly Alert[] = [...outages, ...processes]
