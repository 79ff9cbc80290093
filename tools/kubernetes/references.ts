import { type Manifest, nameOf, ofKind } from "./manifests.ts"

/** Names that exist without being in the manifests: `Kind/name`, such as `Secret/catalog-host-keys`. */
export type Existing = ReadonlySet<string>

type Labels = Record<string, string>

const matches = (selector: Labels | undefined, labels: Labels | undefined): boolean =>
  Object.entries(selector ?? {}).every(([key, value]) => labels?.[key] === value)

const podLabels = (deployment: Manifest): Labels => deployment.spec.template.metadata.labels

/**
 * Checks that what the objects of one release say about each other is true: selectors, references, ports, and that
 * no two scalers pull at one Deployment.
 * @returns one sentence per contradiction
 */
export function referenceProblems(manifests: Manifest[], existing: Existing = new Set()): string[] {
  const known = new Set([...existing, ...manifests.flatMap(provides)])
  const deployments = ofKind(manifests, "Deployment")
  return [
    ...duplicateProblems(manifests),
    ...deployments.flatMap((deployment) => podProblems(deployment, known)),
    ...nameLabelProblems(deployments),
    ...selectorProblems(manifests, deployments),
    ...scalerProblems(manifests, deployments, known),
    ...ofKind(manifests, "ExternalSecret").flatMap((secret) => storeProblems(secret, known)),
    ...ofKind(manifests, "SecretStore").flatMap((store) => accountProblems(store, known)),
  ]
}

/** What an object brings into being: itself, and the Secret of an ExternalSecret. */
function provides(manifest: Manifest): string[] {
  const own = `${manifest.kind}/${manifest.metadata.name}`
  if (manifest.kind === "ExternalSecret") return [own, `Secret/${manifest.spec.target.name}`]
  return [own]
}

function duplicateProblems(manifests: Manifest[]): string[] {
  const seen = new Set<string>()
  return manifests.flatMap((manifest) => {
    const key = `${manifest.apiVersion} ${nameOf(manifest)}`
    if (seen.has(key)) return [`${nameOf(manifest)}: defined twice`]
    seen.add(key)
    return []
  })
}

function podProblems(deployment: Manifest, known: Existing): string[] {
  const { selector, template } = deployment.spec
  const pod = template.spec
  const wanted: [string, string | undefined][] = [["ServiceAccount", pod.serviceAccountName]]
  for (const volume of pod.volumes ?? []) {
    wanted.push(["Secret", volume.secret?.secretName], ["ConfigMap", volume.configMap?.name])
  }
  for (const container of [...(pod.initContainers ?? []), ...pod.containers]) {
    for (const source of container.envFrom ?? []) {
      wanted.push(["ConfigMap", source.configMapRef?.name], ["Secret", source.secretRef?.name])
    }
  }
  const problems = wanted
    .filter(([kind, name]) => name !== undefined && name !== "default" && !known.has(`${kind}/${name}`))
    .map(([kind, name]) => `${nameOf(deployment)}: ${kind} ${name} does not exist`)
  if (!matches(selector.matchLabels, template.metadata.labels)) {
    problems.push(`${nameOf(deployment)}: its selector does not match its own pods`)
  }
  for (const container of pod.containers) {
    const names = (container.env ?? []).map((variable: { name: string }) => variable.name)
    const twice = names.find((name: string, index: number) => names.indexOf(name) !== index)
    if (twice) problems.push(`${nameOf(deployment)}: environment variable ${twice} is set twice`)
  }
  return problems
}

/** Flagger's Services select by `app.kubernetes.io/name` alone, so two Deployments must not share it. */
function nameLabelProblems(deployments: Manifest[]): string[] {
  const owners = new Map<string, Manifest>()
  return deployments.flatMap((deployment) => {
    const name = podLabels(deployment)["app.kubernetes.io/name"] ?? ""
    const owner = owners.get(name)
    owners.set(name, deployment)
    return owner ? [`${nameOf(deployment)}: shares app.kubernetes.io/name ${name} with ${nameOf(owner)}`] : []
  })
}

function selectorProblems(manifests: Manifest[], deployments: Manifest[]): string[] {
  const problems: string[] = []
  const selecting: [string, (manifest: Manifest) => Labels | undefined][] = [
    ["Service", ({ spec }) => spec.selector],
    ["PodDisruptionBudget", ({ spec }) => spec.selector.matchLabels],
    ["NetworkPolicy", ({ spec }) => spec.podSelector.matchLabels],
  ]
  for (const [kind, selectorOf] of selecting) {
    for (const manifest of ofKind(manifests, kind)) {
      const selected = deployments.filter((deployment) =>
        matches(selectorOf(manifest), podLabels(deployment)),
      )
      if (selected.length === 0) problems.push(`${nameOf(manifest)}: its selector matches no pod`)
      if (kind === "Service") problems.push(...portProblems(manifest, selected))
    }
  }
  for (const monitor of ofKind(manifests, "ServiceMonitor")) {
    const services = ofKind(manifests, "Service").filter((service) =>
      matches(monitor.spec.selector.matchLabels, service.metadata.labels),
    )
    if (services.length === 0) problems.push(`${nameOf(monitor)}: its selector matches no Service`)
    for (const { port } of monitor.spec.endpoints) {
      const served = services.some(({ spec }) =>
        spec.ports.some(({ name }: { name: string }) => name === port),
      )
      if (services.length > 0 && !served) problems.push(`${nameOf(monitor)}: no Service has the port ${port}`)
    }
  }
  return problems
}

function portProblems(service: Manifest, selected: Manifest[]): string[] {
  const named = (deployment: Manifest): (string | number)[] =>
    deployment.spec.template.spec.containers.flatMap(
      (container: { ports?: { name: string; containerPort: number }[] }) =>
        (container.ports ?? []).flatMap(({ name, containerPort }) => [name, containerPort]),
    )
  return service.spec.ports.flatMap(({ targetPort }: { targetPort: string | number }) =>
    selected
      .filter((deployment) => !named(deployment).includes(targetPort))
      .map((deployment) => `${nameOf(service)}: ${nameOf(deployment)} has no port ${targetPort}`),
  )
}

function scalerProblems(manifests: Manifest[], deployments: Manifest[], known: Existing): string[] {
  const problems: string[] = []
  const scaledBy = new Map<string, Manifest>()
  for (const scaler of [
    ...ofKind(manifests, "HorizontalPodAutoscaler"),
    ...ofKind(manifests, "ScaledObject"),
  ]) {
    const target: string = scaler.spec.scaleTargetRef.name
    const deployment = deployments.find(({ metadata }) => metadata.name === target)
    if (!deployment) problems.push(`${nameOf(scaler)}: scaleTargetRef ${target} does not exist`)
    if (deployment?.spec.replicas !== undefined) {
      problems.push(`${nameOf(scaler)}: ${nameOf(deployment)} fixes its replicas, so the two would fight`)
    }
    const other = scaledBy.get(target)
    if (other) problems.push(`${nameOf(scaler)}: ${nameOf(other)} scales ${target} already`)
    scaledBy.set(target, scaler)
    for (const { authenticationRef } of scaler.spec.triggers ?? []) {
      if (authenticationRef && !known.has(`TriggerAuthentication/${authenticationRef.name}`)) {
        problems.push(`${nameOf(scaler)}: authenticationRef ${authenticationRef.name} does not exist`)
      }
    }
  }
  for (const authentication of ofKind(manifests, "TriggerAuthentication")) {
    for (const { name } of authentication.spec.secretTargetRef ?? []) {
      if (!known.has(`Secret/${name}`))
        problems.push(`${nameOf(authentication)}: Secret ${name} does not exist`)
    }
  }
  return problems
}

function accountProblems(store: Manifest, known: Existing): string[] {
  const { name } = store.spec.provider.azurekv.serviceAccountRef
  return known.has(`ServiceAccount/${name}`)
    ? []
    : [`${nameOf(store)}: ServiceAccount ${name} does not exist`]
}

/** Checks that the store of an ExternalSecret exists. */
export function storeProblems(secret: Manifest, known: Existing): string[] {
  const { kind, name } = secret.spec.secretStoreRef
  return known.has(`${kind}/${name}`) ? [] : [`${nameOf(secret)}: ${kind} ${name} does not exist`]
}
