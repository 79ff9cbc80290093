// What git demands of Azure, held against what Terraform plans: each side alone can be sound and the rollout still fail.
import { leastKeda } from "../terraform/azure-facts.ts"
import { type Plan, type Resource, resourcesOf, valuesAt } from "../terraform/plan.ts"
import { type Manifest, nameOf, ofKind } from "./manifests.ts"

const ofType = (plan: Plan, type: string): Resource[] =>
  resourcesOf(plan).filter((resource) => resource.type === type)

/** Secrets that no setting names and a person sets: docs/operations/kubernetes.md tells when. */
const hostKeys = "host-keys"
const alertChannels = ["teams-webhook", "slack-webhook", "pager-routing-key"]

/** A vault's store is called after its owner: `basket-vault`, `platform-vault`. */
const ownerOf = (secret: Manifest): string => secret.spec.secretStoreRef.name.replace(/-vault$/, "")

type RemoteSecret = { remoteRef?: { key: string }; extract?: { key: string } }

const demandedBy = ({ spec }: Manifest): string[] =>
  [...(spec.data ?? []), ...(spec.dataFrom ?? [])].map(
    ({ remoteRef, extract }: RemoteSecret) => (remoteRef ?? extract)?.key ?? "",
  )

/** Checks that each vault is given the secrets that are read from it, no more and no fewer. */
export function secretProblems(objects: Manifest[], plan: Plan): string[] {
  const required = plan.planned_values.outputs?.required_secrets?.value as Record<
    string,
    { secrets: Record<string, string> }
  >
  const given = new Map(
    Object.entries(required).map(([app, { secrets }]) => [app, [...Object.values(secrets), hostKeys]]),
  ).set("platform", alertChannels)
  const demands = ofKind(objects, "ExternalSecret")
  const read = (owner: string) => demands.filter((secret) => ownerOf(secret) === owner).flatMap(demandedBy)
  return [
    ...demands.flatMap((secret) =>
      demandedBy(secret)
        .filter((key) => !given.get(ownerOf(secret))?.includes(key))
        .map((key) => `${nameOf(secret)}: nobody puts ${key} into the vault of ${ownerOf(secret)}`),
    ),
    ...[...given].flatMap(([owner, keys]) =>
      keys
        .filter((key) => !read(owner).includes(key))
        .map((key) => `vault of ${owner}: ${key} is put there and read by nobody`),
    ),
  ]
}

const clientId = "azure.workload.identity/client-id"

/** A service account that is to log in to Azure as an identity: its example client id says which. */
type Login = { account: string; clientId: string }

/** As the KEDA of infra/gitops calls itself. */
const kedaAccount = "keda:keda-operator"

function loginsOf(objects: Manifest[]): Login[] {
  const account = (namespace: string | undefined, name: string) => `${namespace}:${name}`
  return [
    ...ofKind(objects, "ServiceAccount").map(({ metadata }) => ({
      account: account(metadata.namespace, metadata.name),
      clientId: metadata.annotations?.[clientId],
    })),
    ...ofKind(objects, "HelmRelease").map(({ metadata, spec }) => ({
      account: account(metadata.namespace, spec.values?.serviceAccount?.name),
      clientId: spec.values?.serviceAccount?.annotations?.[clientId],
    })),
    ...ofKind(objects, "TriggerAuthentication").map(({ spec }) => ({
      account: kedaAccount,
      clientId: spec.podIdentity?.identityId,
    })),
  ].filter((login): login is Login => login.clientId !== undefined)
}

/** Flux's controllers that read the registry, by the kind of source that says `provider: azure`. */
const registryReaders: Record<string, string> = {
  HelmRepository: "flux-system:source-controller",
  OCIRepository: "flux-system:source-controller",
}

const registryAccounts = (objects: Manifest[]): string[] =>
  Object.entries(registryReaders).flatMap(([kind, account]) =>
    ofKind(objects, kind).some(({ spec }) => spec.provider === "azure") ? [account] : [],
  )

/** Flux's controller that reads git, where it logs in there with an identity. */
const gitAccounts = (plan: Plan): string[] =>
  ofType(plan, "azurerm_kubernetes_flux_configuration")
    .filter(({ values }) => valuesAt(values, "git_repository.provider").includes("Azure"))
    .map(() => "flux-system:source-controller")

/**
 * Checks that every service account that logs in to Azure has a federated credential of the identity that it names,
 * and that no credential admits an account that is not there.
 * @param variables example values of what Terraform hands over, `basket_client_id` among them
 */
export function federationProblems(
  objects: Manifest[],
  plan: Plan,
  variables: Record<string, string>,
): string[] {
  // Terraform calls each credential `<identity>-<who>`.
  const granted = ofType(plan, "azurerm_federated_identity_credential").map(({ index, values }) => ({
    identity: String(index).split("-")[0],
    account: String(values.subject).replace(/^system:serviceaccount:/, ""),
  }))
  const identityOf = (id: string) =>
    Object.keys(variables)
      .find((name) => name.endsWith("_client_id") && variables[name] === id)
      ?.replace(/_client_id$/, "")
  const wanted = [
    ...loginsOf(objects).map((login) => ({ account: login.account, identity: identityOf(login.clientId) })),
    ...[...registryAccounts(objects), ...gitAccounts(plan)].map((account) => ({
      account,
      identity: "platform",
    })),
  ]
  const key = ({ identity, account }: { identity?: string; account: string }) => `${account} as ${identity}`
  const grants = new Set(granted.map(key))
  const wants = new Set(wanted.map(key))
  return [
    ...[...wants].filter((login) => !grants.has(login)).map((login) => `no credential admits ${login}`),
    ...[...grants].filter((login) => !wants.has(login)).map((login) => `nobody logs in by ${login}`),
  ]
}

/** Checks that Flux's controllers are told to log in to the registry, and that their identity may pull. */
export function registryLoginProblems(objects: Manifest[], plan: Plan): string[] {
  if (registryAccounts(objects).length === 0) return []
  const [flux] = ofType(plan, "azurerm_kubernetes_cluster_extension")
  const settings = flux?.values.configuration_settings as Record<string, string> | undefined
  const pulls = ofType(plan, "azurerm_role_assignment").some(
    ({ index, values }) => values.role_definition_name === "AcrPull" && String(index).startsWith("platform-"),
  )
  return [
    ...(settings?.["workloadIdentity.enable"] === "true"
      ? []
      : ["the Flux extension lacks workloadIdentity.enable and workloadIdentity.azureClientId"]),
    ...(pulls ? [] : ["the identity platform may not pull from the registry (AcrPull)"]),
  ]
}

/** Whether a version such as `v2.20.2` or `1.23` is `least` or later. */
function isAtLeast(version: string, least: string): boolean {
  const parts = (text: string) => text.replace(/^v/, "").split(".").map(Number)
  const wanted = parts(least)
  const given = parts(version)
  const index = wanted.findIndex((part, at) => part !== (given[at] ?? 0))
  return index < 0 || (given[index] ?? 0) > (wanted[index] ?? 0)
}

/** Checks that the tree's KEDA can do what its scalers ask, and that Terraform adds no second one. */
export function kedaProblems(objects: Manifest[], plan: Plan): string[] {
  const keda = ofKind(objects, "HelmRelease").find(({ spec }) => spec.chart.spec.chart === "keda")
  const [cluster] = ofType(plan, "azurerm_kubernetes_cluster")
  const [scaling] = (cluster?.values.workload_autoscaler_profile ?? []) as { keda_enabled?: boolean }[]
  if (!keda) return ["no HelmRelease of KEDA"]
  const { version } = keda.spec.chart.spec
  return [
    ...(isAtLeast(version, leastKeda)
      ? []
      : [`${nameOf(keda)}: ${version} cannot ask SQL Server with a workload identity`]),
    ...(scaling?.keda_enabled ? [`${nameOf(keda)}: Terraform adds AKS's KEDA as well`] : []),
  ]
}

const systemTaint = "CriticalAddonsOnly"
const spotTaint = "kubernetes.azure.com/scalesetpriority"

/**
 * Checks that every Deployment of the shop, and every third-party chart, finds a pool whose taints it tolerates. Of a
 * chart that is not at hand only the values can tell: some of its pods may not heed them, so a pool without taints is
 * what satisfies this best.
 */
export function taintProblems(objects: Manifest[], plan: Plan): string[] {
  const [cluster] = ofType(plan, "azurerm_kubernetes_cluster")
  const [system] = (cluster?.values.default_node_pool ?? []) as { only_critical_addons_enabled?: boolean }[]
  const pools = [
    system?.only_critical_addons_enabled ? [systemTaint] : [],
    ...ofType(plan, "azurerm_kubernetes_cluster_node_pool").map(({ values }) => [
      ...(values.priority === "Spot" ? [spotTaint] : []),
      ...((values.node_taints ?? []) as string[]).map((taint) => taint.split(/[=:]/)[0] ?? ""),
    ]),
  ]
  const fits = (tolerations: { key?: string }[] = []) =>
    pools.some((taints) =>
      taints.every((taint) => tolerations.some(({ key }) => key === undefined || key === taint)),
    )
  const homeless = [
    ...ofKind(objects, "Deployment").map((item) => [item, item.spec.template.spec.tolerations] as const),
    ...ofKind(objects, "HelmRelease")
      .filter(({ spec }) => spec.chart.spec.chart !== "function-app")
      .map((item) => [item, item.spec.values?.tolerations] as const),
  ].filter(([, tolerations]) => !fits(tolerations))
  const [first] = homeless
  return first
    ? [
        `no pool takes ${nameOf(first[0])} and ${homeless.length - 1} more (taints: ${pools.flat().join(", ")})`,
      ]
    : []
}
