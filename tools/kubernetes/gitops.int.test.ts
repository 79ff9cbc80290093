// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Flux's variables are written so
import { afterAll, describe, expect, it } from "vitest"
import { root as repository } from "../apps.ts"
import { appProblems } from "./app-settings.ts"
import { checkCluster } from "./gitops-check.ts"
import { environments, whyNoRenderer } from "./helm.ts"
import { planted, removeCopies } from "./planted.ts"
import { findsPlanted, type Mistakes } from "./planted-suite.ts"
import { kubectl, whyMissing } from "./programs.ts"

const missing = whyMissing(kubectl, ["version", "--client"]) ?? whyNoRenderer()
if (missing) console.warn(`GitOps tests skipped: ${missing}`)

afterAll(removeCopies)

describe.skipIf(missing)("the GitOps tree", () => {
  it.each([...environments])(
    "of %s is sound, and every app takes the settings it gets",
    async (environment) => {
      const report = checkCluster(repository, environment)
      expect(report.problems).toEqual([])
      expect(await appProblems(environment, report.settings)).toEqual([])
      const releases = report.objects.filter(
        ({ kind, metadata }) => kind === "HelmRelease" && metadata.namespace === "eshop",
      )
      expect(releases.map(({ metadata }) => metadata.name)).toEqual([
        "catalog",
        "discount",
        "basket",
        "ordering",
      ])
      const canaries = report.objects.filter(({ kind }) => kind === "Canary")
      expect(canaries.length).toBe(environment === "dev" ? 0 : 4)
    },
  )
})

const gitops = "infra/gitops"
const chart = "infra/charts/function-app/templates"

const mistakes: Mistakes = [
  [
    "a wrong scaler key",
    "dev",
    [
      `${chart}/scaledobject-worker.yaml`,
      'messageCount: {{ get . "messageCount"',
      'mesageCount: {{ get . "messageCount"',
    ],
    ["basket", "basket", "catalog", "discount", "ordering", "ordering", "ordering"].flatMap((app) => [
      `dev: ScaledObject eshop/${app}-worker: azure-servicebus must have required property 'messageCount'`,
      `dev: ScaledObject eshop/${app}-worker: azure-servicebus must NOT have additional properties (mesageCount)`,
    ]),
  ],
  [
    "a broken selector",
    "dev",
    [
      `${chart}/service.yaml`,
      '{{- include "function-app.selectorLabels" $part | nindent 4 }}',
      "app: catalog",
    ],
    ["basket", "catalog", "discount", "ordering"].map(
      (app) => `dev: Service eshop/${app}: its selector matches no pod`,
    ),
  ],
  [
    "a dependsOn target that does not exist, of a Kustomization",
    "dev",
    [`${gitops}/clusters/dev/apps.yaml`, "    - name: infra-configs", "    - name: infra-config"],
    ["dev: Kustomization flux-system/catalog: dependsOn infra-config does not exist"],
  ],
  [
    "a dependsOn target that does not exist, of a HelmRelease",
    "dev",
    [`${gitops}/infrastructure/controllers/flagger.yaml`, "- name: envoy-gateway\n", "- name: envoy\n"],
    ["dev: HelmRelease flagger-system/flagger: dependsOn envoy-gateway-system/envoy does not exist"],
  ],
  [
    "Kustomizations that wait for each other",
    "dev",
    [
      `${gitops}/clusters/dev/infrastructure.yaml`,
      "spec:\n",
      "spec:\n  dependsOn:\n    - name: infra-configs\n",
    ],
    [
      "dev: Kustomization flux-system/infra-configs: dependsOn leads back to itself",
      "dev: Kustomization flux-system/infra-controllers: dependsOn leads back to itself",
    ],
  ],
  [
    "a shop that waits for the addresses of its alerts",
    "production",
    [
      `${gitops}/clusters/production/apps.yaml`,
      "    - name: infra-configs\n",
      "    - name: infra-configs\n    - name: alerts\n",
    ],
    [
      "flux-system/teams-webhook",
      "flux-system/slack-webhook",
      "flagger-system/teams-webhook",
      "flagger-system/slack-webhook",
      "observability/slack-webhook",
      "observability/pager-routing-key",
    ].map(
      (secret) =>
        `production: Kustomization flux-system/alerts: others wait for it, and it for ExternalSecret ${secret}`,
    ),
  ],
  [
    "an undefined postBuild variable",
    "dev",
    [`${gitops}/infrastructure/alerts/alerts.yaml`, "channel: ${slack_channel}", "channel: ${slack_chanel}"],
    ["dev: Kustomization flux-system/alerts: postBuild variable slack_chanel is not defined"],
  ],
  [
    "a variable that Terraform does not hand over",
    "dev",
    [`${gitops}/clusters/terraform-variables.yaml`, "registry: creshopexample.azurecr.io\n", ""],
    ["dev: clusters/dev/cluster-settings.yaml: Terraform hands over no variable registry"],
  ],
  [
    "a subscription that does not exist",
    "staging",
    [`${gitops}/apps/base/basket/functions.yaml`, "subscription: basket", "subscription: baskets"],
    [
      "staging: ScaledObject eshop/basket-worker: azure-servicebus subscription catalog-events/baskets is not in entities.json",
    ],
  ],
  [
    "limits of the durable scaler that differ from host.json",
    "dev",
    ["host.json", '"maxConcurrentActivityFunctions": 64', '"maxConcurrentActivityFunctions": 32'],
    [
      'dev: ScaledObject eshop/ordering-worker: mssql query must be "SELECT dt.GetScaleRecommendation(64, 32)", the limits of host.json',
    ],
  ],
  [
    "a chart source that does not exist",
    "dev",
    [
      `${gitops}/infrastructure/controllers/keda.yaml`,
      "        name: kedacore\n",
      "        name: kedacores\n",
    ],
    ["dev: HelmRelease keda/keda: HelmRepository keda/kedacores does not exist"],
  ],
  [
    "a chart version that floats",
    "dev",
    [`${gitops}/infrastructure/controllers/keda.yaml`, "version: 2.20.2", 'version: ">=2.20.0"'],
    ["dev: HelmRelease keda/keda: chart version >=2.20.0 is not pinned"],
  ],
  [
    "a misspelt field of a HelmRelease",
    "dev",
    [`${gitops}/apps/base/app/helmrelease.yaml`, "maxHistory:", "maxHistroy:"],
    ["basket", "catalog", "discount", "ordering"].map(
      (app) => `dev: HelmRelease eshop/${app}: spec must NOT have additional properties (maxHistroy)`,
    ),
  ],
  [
    "a canary metric without template",
    "staging",
    [`${gitops}/infrastructure/configs/canary-metrics.yaml`, "name: error-percentage", "name: errors"],
    ["basket", "catalog", "discount", "ordering"].map(
      (app) =>
        `staging: Canary eshop/${app}-http: metric error-percentage: MetricTemplate error-percentage does not exist`,
    ),
  ],
  [
    "a canary of a queue worker",
    "staging",
    [
      `${gitops}/apps/base/canary/canary.yaml`,
      "    kind: Deployment\n    name: ${app}-http",
      "    kind: Deployment\n    name: ${app}-worker",
    ],
    ["basket", "catalog", "discount", "ordering"].map(
      (app) =>
        `staging: Canary eshop/${app}-http: a canary of a worker would take real messages whatever its weight`,
    ),
  ],
  [
    "pods that are closed to Prometheus",
    "production",
    [
      `${gitops}/apps/base/app/values.yaml`,
      "          app.kubernetes.io/name: prometheus",
      "          app: prometheus",
    ],
    ["basket", "catalog", "discount", "ordering"].flatMap((app) =>
      ["http", "worker"].map(
        (part) =>
          `production: ServiceMonitor eshop/${app}: Deployment eshop/${app}-${part} is closed to Prometheus by its NetworkPolicy`,
      ),
    ),
  ],
  [
    "workers that do not serve metrics",
    "staging",
    [
      `${chart}/deployment-worker.yaml`,
      "append $functions .Values.serviceMonitor.function",
      "append $functions .Values.serviceMonitor.path",
    ],
    ["basket", "catalog", "discount", "ordering"].map(
      (app) =>
        `staging: ServiceMonitor eshop/${app}: Deployment eshop/${app}-worker does not run the function metrics`,
    ),
  ],
  [
    "a misspelt field of a rule",
    "production",
    ["infra/observability/prometheus-rules.yaml", "          for: 2m", "          four: 2m"],
    [
      "production: PrometheusRule observability/eshop: spec.groups.1.rules.0 must NOT have additional properties (four)",
    ],
  ],
  [
    "a customer's claim that Entra gives each app another one of",
    "staging",
    [`${gitops}/apps/base/app/values.yaml`, "IDENTITY_CUSTOMER_CLAIM: oid", "IDENTITY_CUSTOMER_CLAIM: sub"],
    ["basket", "catalog", "discount", "ordering"].map(
      (app) => `staging: ${app}: IDENTITY_CUSTOMER_CLAIM is sub, but Entra's customers are named by oid`,
    ),
  ],
  [
    "the address of a neighbour that is not there",
    "production",
    [`${gitops}/apps/base/ordering/values.yaml`, "BASKET_URL: http://basket", "BASKET_URL: http://baskets"],
    ["production: ordering: BASKET_URL: Service baskets does not exist"],
  ],
  [
    "a secret from a store that does not exist",
    "dev",
    [`${gitops}/infrastructure/alerts/secret-store.yaml`, "name: platform-vault", "name: platform"],
    [
      ...["flux-system/slack-webhook", "flux-system/teams-webhook"],
      ...["flagger-system/slack-webhook", "flagger-system/teams-webhook"],
      ...["observability/slack-webhook", "observability/pager-routing-key"],
    ].map((name) => `dev: ExternalSecret ${name}: ClusterSecretStore platform-vault does not exist`),
  ],
  [
    "a vault that another app's identity opens",
    "dev",
    [`${gitops}/apps/base/basket/secret-store.yaml`, "name: basket\n", "name: baskets\n"],
    ["dev: SecretStore eshop/basket-vault: ServiceAccount baskets does not exist"],
  ],
  [
    "an alert without secret",
    "dev",
    [
      `${gitops}/infrastructure/alerts/alerts.yaml`,
      "  type: msteams\n  secretRef:\n    name: teams-webhook",
      "  type: msteams\n  secretRef:\n    name: team-webhook",
    ],
    ["dev: Provider flux-system/teams: Secret team-webhook does not exist"],
  ],
  [
    "a second writer of dev's tags",
    "dev",
    [
      `${gitops}/infrastructure/configs/namespace.yaml`,
      "apiVersion: v1\n",
      "apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImageUpdateAutomation\nmetadata:\n  name: tags\n---\napiVersion: v1\n",
    ],
    [
      "dev: ImageUpdateAutomation tags: no schema for image.toolkit.fluxcd.io/v1 ImageUpdateAutomation",
      "dev: ImageUpdateAutomation tags: the pipelines write every tag, and nobody else may",
    ],
  ],
  [
    "a secret in git",
    "dev",
    [
      `${gitops}/apps/overlays/dev/discount/values.yaml`,
      "image:\n",
      "externalSecret: { enabled: false }\nsecret: { DISCOUNT_TABLES: x }\nimage:\n",
    ],
    ["dev: Secret eshop/discount: a secret in git; name it in externalSecret.data instead"],
  ],
]

/** Mistakes that keep a release from rendering: what refers to the release is not complained of on top. */
const renderMistakes: typeof mistakes = [
  [
    "a value that the chart does not know",
    "production",
    [`${gitops}/apps/overlays/production/catalog/values.yaml`, "image:\n", "replicas: 4\nimage:\n"],
    ["production: HelmRelease eshop/catalog: values: must NOT have additional properties (replicas)"],
  ],
  [
    "values that contradict each other",
    "dev",
    [`${gitops}/apps/base/app/values.yaml`, "  host: ${app}.${ingress_domain}\n", ""],
    ["basket", "catalog", "discount", "ordering"].map(
      (app) =>
        `dev: HelmRelease eshop/${app}: templates/deployment-http.yaml: route.enabled needs route.host and route.gateway.name`,
    ),
  ],
]

describe.skipIf(missing)("the check finds", () => {
  findsPlanted(mistakes)

  it.each(renderMistakes)("%s", (_, environment, plant, problems) => {
    expect(checkCluster(planted(plant), environment).problems.toSorted()).toEqual(problems.toSorted())
  })

  it("a setting that an app needs and does not get", async () => {
    const copy = planted([
      `${gitops}/apps/base/catalog/values.yaml`,
      "CATALOG_DB: catalog-db",
      "CATALOG_DATABASE: catalog-db",
    ])
    const report = checkCluster(copy, "dev")
    expect(await appProblems("dev", report.settings, ["catalog"])).toEqual([
      expect.stringMatching(/^dev: catalog: CATALOG_DB: /),
    ])
  })
})
