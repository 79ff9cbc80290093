// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Flux's variables are written so
import { afterAll, describe, expect, it } from "vitest"
import { checkCluster } from "./gitops-check.ts"
import { whyNoRenderer } from "./helm.ts"
import { planted, removeCopies } from "./planted.ts"
import { findsPlanted, type Mistakes } from "./planted-suite.ts"
import { kubectl, whyMissing } from "./programs.ts"

const missing = whyMissing(kubectl, ["version", "--client"]) ?? whyNoRenderer()
if (missing) console.warn(`Tests of the routes skipped: ${missing}`)

afterAll(removeCopies)

const apps = ["basket", "catalog", "discount", "ordering"]
const common = "infra/gitops/apps/base/app/values.yaml"
const canary = "infra/gitops/apps/base/canary/canary.yaml"
const configs = "infra/gitops/infrastructure/configs"
const gateway = "Gateway envoy-gateway-system/eshop"

/** Mistakes in the way of a request. */
const mistakes: Mistakes = [
  [
    "a route to a Gateway that does not exist",
    "dev",
    [common, "  gateway:\n    name: eshop\n", "  gateway:\n    name: shop\n"],
    apps.map((app) => `dev: HTTPRoute eshop/${app}: Gateway envoy-gateway-system/shop does not exist`),
  ],
  [
    "a backend port that no Service has",
    "dev",
    [
      "infra/charts/function-app/templates/httproute.yaml",
      ".Values.service.port",
      ".Values.service.containerPort",
    ],
    apps.map((app) => `dev: HTTPRoute eshop/${app}: Service ${app} has no port 8080`),
  ],
  [
    "a listener whose certificate nobody makes",
    "dev",
    [`${configs}/certificate.yaml`, "secretName: eshop-tls", "secretName: eshop-certificate"],
    [`dev: ${gateway}: listener https: no Certificate fills the Secret eshop-tls`],
  ],
  [
    "a host that no listener is for",
    "staging",
    [canary, "- ${app}.${ingress_domain}", "- ${app}.shop.example"],
    apps.map(
      (app) => `staging: Canary eshop/${app}-http: ${gateway} has no listener for ${app}.shop.example`,
    ),
  ],
  [
    "a network policy that keeps the proxies out",
    "staging",
    [common, "metadata.name: envoy-gateway-system", "metadata.name: envoy-gateway"],
    apps.map(
      (app) =>
        `staging: Canary eshop/${app}-http: no NetworkPolicy lets the Gateway's proxies reach Deployment eshop/${app}-http`,
    ),
  ],
  [
    "a metric that the proxies do not count",
    "staging",
    [
      `${configs}/canary-metrics.yaml`,
      "envoy_cluster_upstream_rq_time_bucket",
      "istio_request_duration_milliseconds_bucket",
    ],
    apps.map(
      (app) =>
        `staging: Canary eshop/${app}-http: metric latency-p99-milliseconds: Envoy does not count istio_request_duration_milliseconds_bucket`,
    ),
  ],
  [
    "a metric that Flagger would ask the pods for",
    "staging",
    [
      canary,
      "        templateRef:\n          name: error-percentage\n          namespace: flagger-system\n",
      "",
    ],
    apps.map(
      (app) =>
        `staging: Canary eshop/${app}-http: metric error-percentage: no pod of the shop counts its requests for Flagger: name a MetricTemplate`,
    ),
  ],
  [
    "proxies whose numbers nobody reads",
    "production",
    [`${configs}/gateway.yaml`, "managed-by: envoy-gateway", "managed-by: envoy"],
    ["error-percentage", "latency-p99-milliseconds"].flatMap((metric) =>
      apps.map(
        (app) =>
          `production: Canary eshop/${app}-http: metric ${metric}: no PodMonitor reads what the Gateway's proxies count`,
      ),
    ),
  ],
  [
    "a metric of the primary",
    "production",
    [`${configs}/canary-metrics.yaml`, "/rule/0/backend/1", "/rule/0/backend/0"],
    apps.map(
      (app) =>
        `production: Canary eshop/${app}-http: metric error-percentage: asks for something else than envoy_cluster_name="httproute/{{ namespace }}/{{ service }}/rule/0/backend/1"`,
    ),
  ],
  [
    "a canary on a listener that does not exist",
    "production",
    [canary, "sectionName: https", "sectionName: tls"],
    apps.map((app) => `production: Canary eshop/${app}-http: ${gateway} has no listener tls`),
  ],
  [
    "a canary whose host is another's",
    "production",
    [canary, "- ${app}.${ingress_domain}", "- basket.${ingress_domain}"],
    ["discount", "basket", "ordering"].map(
      (app) =>
        `production: Canary eshop/${app}-http: basket.apps.eshop.example is Canary eshop/catalog-http's already`,
    ),
  ],
  [
    "a canary that is counted together with its primary",
    "production",
    [`${configs}/gateway.yaml`, "    zoneAware:\n      preferLocal:\n        minEndpointsThreshold: 6\n", ""],
    ["error-percentage", "latency-p99-milliseconds"].flatMap((metric) =>
      apps.map(
        (app) =>
          `production: Canary eshop/${app}-http: metric ${metric}: without zoneAware.preferLocal on Gateway eshop canary and primary are counted as one`,
      ),
    ),
  ],
]

describe.skipIf(missing)("the check of the routes finds", () => {
  findsPlanted(mistakes)

  it("a route that the chart makes beside Flagger", () => {
    const copy = planted([
      "infra/charts/function-app/environments/production.yaml",
      "canary:\n  enabled: true",
      "canary:\n  enabled: false",
    ])
    expect(checkCluster(copy, "production").problems.sort()).toEqual(
      apps
        .flatMap((app) => [
          `production: Canary eshop/${app}-http: HTTPRoute ${app} is HTTPRoute eshop/${app}'s already`,
          `production: Canary eshop/${app}-http: Service ${app} is Flagger's to make, but the chart makes it too`,
        ])
        .sort(),
    )
  })
})
