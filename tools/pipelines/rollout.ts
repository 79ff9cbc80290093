// Who may change which environment, from where: rules over expanded pipelines that no schema knows.
import type { Environments } from "./environments.ts"
import type { Value } from "./value.ts"

type Mapping = { readonly [key: string]: Value }
type Environment = Environments["environments"][number]

const mappings = (value: Value | undefined): Mapping[] => (Array.isArray(value) ? (value as Mapping[]) : [])

/** The steps of a job, wherever its strategy keeps them. */
function stepsOf(job: Mapping): Mapping[] {
  const strategy = job.strategy as { runOnce?: { deploy?: { steps?: Value } } } | undefined
  return mappings(job.steps ?? strategy?.runOnce?.deploy?.steps)
}

/** The Azure service connections that a job's tasks log in with. */
function connectionsOf(job: Mapping): string[] {
  const inputs = stepsOf(job).map((step) => (step.inputs ?? {}) as Mapping)
  const named = inputs.flatMap(({ azureSubscription, connectedServiceNameARM }) => [
    azureSubscription,
    connectedServiceNameARM,
  ])
  return [...new Set(named.filter((name) => typeof name === "string"))]
}

/** Where state, registry and Function Apps are private, only an environment's own agents reach them. */
function poolProblems(job: Mapping, environments: readonly Environment[]): string[] {
  const { name = "" } = (job.pool ?? {}) as Mapping
  return environments
    .filter(({ serviceConnection = "" }) => connectionsOf(job).includes(serviceConnection))
    .filter(({ poolName }) => poolName !== name)
    .map(
      ({ serviceConnection, poolName }) =>
        `logs in as ${serviceConnection} outside of the pool ${poolName || "of Microsoft's agents"}`,
    )
}

/** What is wrong with the jobs of an expanded pipeline; each problem names stage and job. */
export function rolloutProblems(document: Mapping, environments: readonly Environment[]): string[] {
  return mappings(document.stages).flatMap((stage) =>
    mappings(stage.jobs).flatMap((job) =>
      poolProblems(job, environments).map(
        (problem) => `${stage.stage}, job ${job.deployment ?? job.job}: ${problem}`,
      ),
    ),
  )
}
