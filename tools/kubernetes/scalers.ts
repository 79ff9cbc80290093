import { readFileSync } from "node:fs"
import { type Manifest, nameOf, ofKind } from "./manifests.ts"
import { describeErrors, scalerSchemas } from "./schemas.ts"

interface EntityFile {
  UserConfig: {
    Namespaces: {
      Queues: { Name: string }[]
      Topics: { Name: string; Subscriptions: { Name: string }[] }[]
    }[]
  }
}

/** Queues and `topic/subscription` pairs of the Service Bus entity file. */
export interface Entities {
  queues: Set<string>
  subscriptions: Set<string>
}

export function readEntities(file: string): Entities {
  const { UserConfig } = JSON.parse(readFileSync(file, "utf8")) as EntityFile
  return {
    queues: new Set(UserConfig.Namespaces.flatMap(({ Queues }) => Queues.map(({ Name }) => Name))),
    subscriptions: new Set(
      UserConfig.Namespaces.flatMap(({ Topics }) =>
        Topics.flatMap((topic) => topic.Subscriptions.map(({ Name }) => `${topic.Name}/${Name}`)),
      ),
    ),
  }
}

/** What host.json says about Durable Functions: the numbers that its scaler must repeat. */
export interface DurableLimits {
  maxConcurrentOrchestratorFunctions: number
  maxConcurrentActivityFunctions: number
}

export const readDurableLimits = (hostJson: string): DurableLimits =>
  JSON.parse(readFileSync(hostJson, "utf8")).extensions.durableTask

/**
 * Checks every KEDA trigger: known type, its metadata's names and forms (the resource definition leaves them free),
 * existing queues and subscriptions, and the numbers of the Durable scaler.
 */
export function scalerMetadataProblems(
  manifests: Manifest[],
  entities: Entities,
  durable: DurableLimits,
): string[] {
  return ofKind(manifests, "ScaledObject").flatMap((scaled) =>
    (scaled.spec.triggers as { type: string; metadata: Record<string, string> }[]).flatMap(
      ({ type, metadata }) => {
        const validate = scalerSchemas.get(type)
        if (!validate) return [`${nameOf(scaled)}: trigger type ${type} is unknown here`]
        const problems = validate(metadata) ? [] : describeErrors(validate.errors)
        const { topicName, subscriptionName, queueName, query } = metadata
        if (topicName && !entities.subscriptions.has(`${topicName}/${subscriptionName}`)) {
          problems.push(`subscription ${topicName}/${subscriptionName} is not in entities.json`)
        }
        if (queueName && !entities.queues.has(queueName))
          problems.push(`queue ${queueName} is not in entities.json`)
        const { maxConcurrentOrchestratorFunctions, maxConcurrentActivityFunctions } = durable
        const recommended = `SELECT dt.GetScaleRecommendation(${maxConcurrentOrchestratorFunctions}, ${maxConcurrentActivityFunctions})`
        if (type === "mssql" && query !== recommended) {
          problems.push(`query must be "${recommended}", the limits of host.json`)
        }
        return problems.map((problem) => `${nameOf(scaled)}: ${type} ${problem}`)
      },
    ),
  )
}
