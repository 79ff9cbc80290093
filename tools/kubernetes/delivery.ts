import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Environment } from "./helm.ts"
import { type Manifest, nameOf, ofKind } from "./manifests.ts"

const has = (manifests: Manifest[], kind: string, name: string, namespace: string | undefined): boolean =>
  ofKind(manifests, kind).some(({ metadata }) => metadata.name === name && metadata.namespace === namespace)

/** Checks the canaries: what they point at exists, is an HTTP Deployment, and has its checks and alerts. */
export function canaryProblems(manifests: Manifest[]): string[] {
  return ofKind(manifests, "Canary").flatMap((canary) => {
    const { targetRef, autoscalerRef, ingressRef, service, analysis } = canary.spec
    const { namespace } = canary.metadata
    const problems: string[] = []
    for (const { kind, name } of [targetRef, autoscalerRef, ingressRef]) {
      if (!has(manifests, kind, name, namespace)) problems.push(`${kind} ${name} does not exist`)
    }
    const deployment = ofKind(manifests, "Deployment").find(
      ({ metadata }) => metadata.name === targetRef.name,
    )
    const component = deployment?.spec.template.metadata.labels["app.kubernetes.io/component"]
    if (deployment && component !== "http") {
      problems.push(`a canary of a ${component} would take real messages whatever its weight`)
    }
    if (has(manifests, "Service", service.name, namespace)) {
      problems.push(`Service ${service.name} is Flagger's to make, but the chart makes it too`)
    }
    for (const { name, templateRef } of analysis.metrics) {
      if (
        templateRef &&
        !has(manifests, "MetricTemplate", templateRef.name, templateRef.namespace ?? namespace)
      ) {
        problems.push(`metric ${name}: MetricTemplate ${templateRef.name} does not exist`)
      }
    }
    for (const { name, providerRef } of analysis.alerts ?? []) {
      if (!has(manifests, "AlertProvider", providerRef.name, providerRef.namespace ?? namespace)) {
        problems.push(`alert ${name}: AlertProvider ${providerRef.name} does not exist`)
      }
    }
    return problems.map((problem) => `${nameOf(canary)}: ${problem}`)
  })
}

/** Checks that alert providers find their secret and alerts their provider. */
export function alertProblems(manifests: Manifest[]): string[] {
  const secretOf = (name: string, namespace: string | undefined) =>
    ofKind(manifests, "ExternalSecret").some(
      ({ metadata, spec }) => spec.target.name === name && metadata.namespace === namespace,
    )
  return [
    ...[...ofKind(manifests, "Provider"), ...ofKind(manifests, "AlertProvider")]
      .filter(({ metadata, spec }) => spec.secretRef && !secretOf(spec.secretRef.name, metadata.namespace))
      .map((provider) => `${nameOf(provider)}: Secret ${provider.spec.secretRef.name} does not exist`),
    ...ofKind(manifests, "Alert")
      .filter(({ metadata, spec }) => !has(manifests, "Provider", spec.providerRef.name, metadata.namespace))
      .map((alert) => `${nameOf(alert)}: Provider ${alert.spec.providerRef.name} does not exist`),
  ]
}

/**
 * Checks image promotion: in dev every app's tag bears the marker of a policy that exists, elsewhere no automation
 * exists and no marker, because there a pull request promotes.
 */
export function promotionProblems(
  repository: string,
  environment: Environment,
  apps: readonly string[],
  manifests: Manifest[],
): string[] {
  const problems: string[] = []
  for (const policy of ofKind(manifests, "ImagePolicy")) {
    const { name } = policy.spec.imageRepositoryRef
    if (!has(manifests, "ImageRepository", name, policy.metadata.namespace)) {
      problems.push(`${nameOf(policy)}: ImageRepository ${name} does not exist`)
    }
  }
  const automations = ofKind(manifests, "ImageUpdateAutomation")
  for (const automation of automations) {
    const { path } = automation.spec.update
    if (!existsSync(join(repository, path)))
      problems.push(`${nameOf(automation)}: path ${path} does not exist`)
  }
  if (environment !== "dev" && automations.length > 0) {
    problems.push(
      `${environment}: images are promoted by pull request, not by ${nameOf(automations[0] as Manifest)}`,
    )
  }
  for (const app of apps) {
    const file = `infra/gitops/apps/overlays/${environment}/${app}/values.yaml`
    const marker = /\{"\$imagepolicy": "([^:]+):([^:]+):tag"\}/.exec(
      readFileSync(join(repository, file), "utf8"),
    )
    if (environment === "dev" && !has(manifests, "ImagePolicy", marker?.[2] ?? "", marker?.[1])) {
      problems.push(`${file}: image.tag bears no marker of an ImagePolicy that exists`)
    }
    if (environment !== "dev" && marker) problems.push(`${file}: an image policy marker outside dev`)
  }
  return problems
}

/** Rules that hold in a cluster beyond what makes it work. */
export function policyProblems(environment: Environment, rendered: Manifest[]): string[] {
  const problems: string[] = []
  for (const secret of ofKind(rendered, "Secret")) {
    problems.push(`${nameOf(secret)}: a secret in git; name it in externalSecret.data instead`)
  }
  if (environment !== "dev") {
    for (const scaler of ofKind(rendered, "HorizontalPodAutoscaler")) {
      if (scaler.spec.minReplicas < 2) problems.push(`${nameOf(scaler)}: fewer than 2 replicas outside dev`)
    }
  }
  return problems
}
