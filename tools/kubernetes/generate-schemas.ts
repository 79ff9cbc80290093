// Makes the schemas in ./schemas, which are committed: run it again only to move to newer sources.
//   node tools/kubernetes/generate-schemas.ts [folder of datreeio/CRDs-catalog]; biome format --write tools/kubernetes/schemas
// Core kinds come from the package kubernetes-types (Kubernetes' OpenAPI document as TypeScript), with unknown
// properties forbidden; custom resources from the catalogue, reduced to what a check needs (no descriptions).
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { createGenerator } from "ts-json-schema-generator"

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type JsonObject = { [key: string]: Json }

const root = fileURLToPath(new URL("../../", import.meta.url))
const schemas = fileURLToPath(new URL("./schemas/", import.meta.url))

/** The built-in kinds that the chart or the GitOps tree uses. */
const coreKinds: Record<string, string[]> = {
  "apps/v1": ["Deployment"],
  "autoscaling/v2": ["HorizontalPodAutoscaler"],
  "core/v1": ["ConfigMap", "Namespace", "Secret", "Service", "ServiceAccount"],
  "networking.k8s.io/v1": ["NetworkPolicy"],
  "policy/v1": ["PodDisruptionBudget"],
  "scheduling.k8s.io/v1": ["PriorityClass"],
}

/** The custom kinds that the chart or the GitOps tree uses: `<group>/<kind>_<version>` in the catalogue. */
const customKinds = [
  "cert-manager.io/certificate_v1",
  "flagger.app/alertprovider_v1beta1",
  "flagger.app/metrictemplate_v1beta1",
  "helm.toolkit.fluxcd.io/helmrelease_v2",
  "keda.sh/scaledobject_v1alpha1",
  "kustomize.toolkit.fluxcd.io/kustomization_v1",
  "notification.toolkit.fluxcd.io/alert_v1beta3",
  "notification.toolkit.fluxcd.io/provider_v1beta3",
  "source.toolkit.fluxcd.io/helmrepository_v1",
]

/**
 * Custom kinds of which the tree uses little and whose schemas are long: only these parts are kept, so that whatever else
 * is written down is refused as unknown until it is named here.
 */
const partsOfKinds: Record<string, string[]> = {
  "cert-manager.io/clusterissuer_v1": ["spec.ca.secretName", "spec.selfSigned"],
  "external-secrets.io/externalsecret_v1": [
    "spec.refreshInterval",
    "spec.secretStoreRef",
    "spec.target.name",
    "spec.target.creationPolicy",
    "spec.target.deletionPolicy",
    "spec.data.secretKey",
    "spec.data.remoteRef.key",
    "spec.dataFrom.extract.key",
  ],
  "flagger.app/canary_v1beta1": [
    "spec.provider",
    "spec.targetRef",
    "spec.autoscalerRef",
    "spec.progressDeadlineSeconds",
    "spec.service.name",
    "spec.service.port",
    "spec.service.portName",
    "spec.service.targetPort",
    "spec.service.hosts",
    "spec.service.gatewayRefs",
    "spec.analysis.interval",
    "spec.analysis.threshold",
    "spec.analysis.maxWeight",
    "spec.analysis.stepWeight",
    "spec.analysis.metrics",
    "spec.analysis.webhooks",
    "spec.analysis.alerts",
  ],
  "gateway.envoyproxy.io/backendtrafficpolicy_v1alpha1": [
    "spec.targetRefs",
    "spec.loadBalancer.type",
    "spec.loadBalancer.zoneAware.preferLocal",
    "spec.timeout.http",
  ],
  "gateway.envoyproxy.io/envoyproxy_v1alpha1": [
    "spec.provider.type",
    "spec.provider.kubernetes.envoyDeployment.replicas",
    "spec.provider.kubernetes.envoyDeployment.pod.priorityClassName",
    "spec.provider.kubernetes.envoyDeployment.pod.topologySpreadConstraints",
    "spec.provider.kubernetes.envoyPDB.maxUnavailable",
    "spec.provider.kubernetes.envoyService.annotations",
    "spec.provider.kubernetes.envoyService.externalTrafficPolicy",
  ],
  "gateway.networking.k8s.io/gateway_v1": [
    "spec.gatewayClassName",
    "spec.infrastructure.parametersRef",
    "spec.listeners.name",
    "spec.listeners.protocol",
    "spec.listeners.port",
    "spec.listeners.hostname",
    "spec.listeners.tls.mode",
    "spec.listeners.tls.certificateRefs",
    "spec.listeners.allowedRoutes",
  ],
  "gateway.networking.k8s.io/gatewayclass_v1": ["spec.controllerName"],
  "gateway.networking.k8s.io/httproute_v1": [
    "spec.parentRefs",
    "spec.hostnames",
    "spec.rules.backendRefs.name",
    "spec.rules.backendRefs.port",
    "spec.rules.filters.type",
    "spec.rules.filters.requestRedirect",
  ],
  "keda.sh/triggerauthentication_v1alpha1": ["spec.podIdentity", "spec.secretTargetRef"],
  "monitoring.coreos.com/podmonitor_v1": [
    "spec.selector",
    "spec.podMetricsEndpoints.port",
    "spec.podMetricsEndpoints.path",
    "spec.podMetricsEndpoints.interval",
  ],
  "monitoring.coreos.com/prometheusrule_v1": [
    "spec.groups.name",
    "spec.groups.interval",
    "spec.groups.rules.record",
    "spec.groups.rules.alert",
    "spec.groups.rules.expr",
    "spec.groups.rules.for",
    "spec.groups.rules.labels",
    "spec.groups.rules.annotations",
  ],
  "monitoring.coreos.com/servicemonitor_v1": [
    "spec.jobLabel",
    "spec.selector",
    "spec.endpoints.port",
    "spec.endpoints.path",
    "spec.endpoints.interval",
    "spec.endpoints.relabelings.sourceLabels",
    "spec.endpoints.relabelings.targetLabel",
  ],
}

/**
 * The named parts of a schema and nothing beside them; a path goes through lists.
 * @throws TypeError for a part that the schema does not have
 */
function onlyParts(schema: JsonObject, paths: string[][]): JsonObject {
  if (paths.some(([name]) => name === undefined)) return schema
  if (schema.items) return { ...schema, items: onlyParts(schema.items as JsonObject, paths) }
  const all = schema.properties as Record<string, JsonObject>
  const properties = Object.fromEntries(
    [...new Set(paths.map(([name]) => name as string))].map((name) => [
      name,
      onlyParts(
        all[name] as JsonObject,
        paths.filter(([first]) => first === name).map(([, ...rest]) => rest),
      ),
    ]),
  )
  return { ...schema, properties }
}

/** What says nothing to this check: texts, and rules in CEL, which it cannot read. */
const annotations = ["description", "title", "example", "$comment", "x-kubernetes-validations"]

/** Removes the annotations of a schema (not properties that happen to bear the same name). */
function withoutAnnotations(schema: Json, isPropertyMap = false): Json {
  if (Array.isArray(schema)) return schema.map((item) => withoutAnnotations(item))
  if (schema === null || typeof schema !== "object") return schema
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => isPropertyMap || !annotations.includes(key))
      .map(([key, value]) => [
        key,
        withoutAnnotations(value, !isPropertyMap && (key === "properties" || key === "definitions")),
      ]),
  )
}

function coreSchema(): JsonObject {
  const definitions: JsonObject = {}
  for (const [api, kinds] of Object.entries(coreKinds)) {
    const path = join(root, "node_modules/kubernetes-types", `${api.replace(".k8s.io", "")}.d.ts`)
    const generator = createGenerator({
      path,
      type: "*",
      skipTypeCheck: true,
      jsDoc: "none",
      additionalProperties: false,
    })
    for (const kind of kinds) Object.assign(definitions, generator.createSchema(kind).definitions)
  }
  const { version } = JSON.parse(
    readFileSync(join(root, "node_modules/kubernetes-types/package.json"), "utf8"),
  )
  return { $comment: `kubernetes-types ${version}`, definitions: withoutAnnotations(definitions, true) }
}

function writeJson(name: string, value: Json) {
  const path = join(schemas, `${name}.json`)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${JSON.stringify(value)}\n`)
}

writeJson("core", { kinds: coreKinds, ...coreSchema() })
const catalogue = process.argv[2]
if (catalogue) {
  const read = (kind: string): JsonObject =>
    JSON.parse(readFileSync(join(catalogue, `${kind}.json`), "utf8")) as JsonObject
  for (const kind of customKinds) writeJson(kind, withoutAnnotations(read(kind)))
  for (const [kind, parts] of Object.entries(partsOfKinds)) {
    const paths = ["apiVersion", "kind", "metadata", ...parts].map((path) => path.split("."))
    writeJson(kind, withoutAnnotations(onlyParts(read(kind), paths)))
  }
}
