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
  "networking.k8s.io/v1": ["Ingress", "NetworkPolicy"],
  "policy/v1": ["PodDisruptionBudget"],
  "scheduling.k8s.io/v1": ["PriorityClass"],
}

/** The custom kinds that the chart or the GitOps tree uses: `<group>/<kind>_<version>` in the catalogue. */
const customKinds = [
  "cert-manager.io/certificate_v1",
  "cert-manager.io/clusterissuer_v1",
  "external-secrets.io/externalsecret_v1",
  "flagger.app/alertprovider_v1beta1",
  "flagger.app/canary_v1beta1",
  "flagger.app/metrictemplate_v1beta1",
  "helm.toolkit.fluxcd.io/helmrelease_v2",
  "image.toolkit.fluxcd.io/imagepolicy_v1",
  "image.toolkit.fluxcd.io/imagerepository_v1",
  "image.toolkit.fluxcd.io/imageupdateautomation_v1",
  "keda.sh/scaledobject_v1alpha1",
  "keda.sh/triggerauthentication_v1alpha1",
  "kustomize.toolkit.fluxcd.io/kustomization_v1",
  "monitoring.coreos.com/servicemonitor_v1",
  "notification.toolkit.fluxcd.io/alert_v1beta3",
  "notification.toolkit.fluxcd.io/provider_v1beta3",
  "secrets-store.csi.x-k8s.io/secretproviderclass_v1",
  "source.toolkit.fluxcd.io/gitrepository_v1",
  "source.toolkit.fluxcd.io/helmrepository_v1",
  "source.toolkit.fluxcd.io/ocirepository_v1",
]

/** Removes the annotations of a schema (not properties that happen to bear the same name). */
function withoutAnnotations(schema: Json, isPropertyMap = false): Json {
  if (Array.isArray(schema)) return schema.map((item) => withoutAnnotations(item))
  if (schema === null || typeof schema !== "object") return schema
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => isPropertyMap || !["description", "title", "example", "$comment"].includes(key))
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
  for (const kind of customKinds) {
    writeJson(kind, withoutAnnotations(JSON.parse(readFileSync(join(catalogue, `${kind}.json`), "utf8"))))
  }
}
