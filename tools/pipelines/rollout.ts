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

/** The environment that a stage is about: `production`, `plan_production`, `apply_production`, … */
const environmentOf = (stage: Mapping, environments: readonly Environment[]) =>
  environments.find(({ name }) => String(stage.stage).split("_").at(-1) === name)

/** An environment's stage logs in as that environment. */
function connectionProblems(stage: Mapping, job: Mapping, environments: readonly Environment[]): string[] {
  const own = environmentOf(stage, environments)
  if (!own) return []
  return connectionsOf(job)
    .filter((connection) => connection !== own.serviceConnection)
    .map((connection) => `logs in as ${connection}, not as ${own.serviceConnection}`)
}

/** Approvals and locks are checks on an Azure DevOps environment: what changes one is a deployment job that names it. */
function deploymentProblems(stage: Mapping, job: Mapping, environments: readonly Environment[]): string[] {
  const own = environmentOf(stage, environments)
  if ("deployment" in job) {
    if (!job.environment) return ["is a deployment without environment: nobody is asked"]
    const foreign = own && !String(job.environment).endsWith(`-${own.name}`)
    return foreign ? [`deploys to ${job.environment}, not to ${own.name}`] : []
  }
  const changes = own && /^(apply_|$)/.test(String(stage.stage).slice(0, -String(own.name).length))
  return changes && job.pool !== "server" ? [`changes ${own.name} and is no deployment job`] : []
}

/** Whether a person looks at Terraform's plan before it is applied. */
function approvalProblems(stage: Mapping, { approval, name }: Environment): string[] {
  if (stage.stage !== `apply_${name}` || approval !== "true") return []
  const jobs = mappings(stage.jobs)
  const asking = jobs.filter((job) =>
    stepsOf(job).some(({ task }) => String(task).startsWith("ManualValidation@")),
  )
  return jobs
    .filter((job) => "deployment" in job && !asking.some(({ job: name }) => name === job.dependsOn))
    .map(({ deployment }) => `${stage.stage}, job ${deployment}: waits for nobody's approval`)
}

/** What is wrong with environments.yaml itself: the last environment is production. */
export function environmentProblems(environments: readonly Environment[]): string[] {
  const last = environments.at(-1)
  const shared = environments.filter(({ serviceConnection }, index) =>
    environments.slice(0, index).some((other) => other.serviceConnection === serviceConnection),
  )
  return [
    ...(last?.approval === "true" ? [] : [`${last?.name}, the last environment, has no approval`]),
    ...shared.map(
      ({ name, serviceConnection }) =>
        `${name} has the service connection ${serviceConnection} of another environment`,
    ),
  ]
}

/** What is wrong with the jobs of an expanded pipeline; each problem names stage and job. */
export function rolloutProblems(document: Mapping, environments: readonly Environment[]): string[] {
  return mappings(document.stages).flatMap((stage) => [
    ...environments.flatMap((environment) => approvalProblems(stage, environment)),
    ...mappings(stage.jobs).flatMap((job) =>
      [
        ...poolProblems(job, environments),
        ...connectionProblems(stage, job, environments),
        ...deploymentProblems(stage, job, environments),
      ].map((problem) => `${stage.stage}, job ${job.deployment ?? job.job}: ${problem}`),
    ),
  ])
}
