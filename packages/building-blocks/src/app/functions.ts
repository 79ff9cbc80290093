import { activityNamesOf } from "../durable/step.ts"
import type { App, Route } from "./app.ts"

/** A function as the Functions host knows it. */
export type FunctionOfApp =
  | { readonly trigger: "http"; readonly name: string; readonly route: string }
  | { readonly trigger: "timer"; readonly name: string }
  | { readonly trigger: "event"; readonly name: string; readonly topic: string }
  | { readonly trigger: "orchestration" | "activity"; readonly name: string }

/** What every app serves besides its own routes. */
export const serviceRoutes = {
  live: "health/live",
  ready: "health/ready",
  document: "openapi.json",
  metrics: "metrics",
} as const

/** The host's name of the function that runs a use case. */
export const functionName = (useCase: { readonly name: string }): string => useCase.name.replaceAll(".", "-")

/** The host's name of the function that consumes a topic. */
export const subscriberName = (topic: string): string => `on-${topic}`

export const routesOf = ({ entries }: App): readonly Route[] =>
  entries.filter((entry): entry is Route => entry.kind === "route")

/** Whether an app records what it has handled: messages of its inbox, answers by idempotency key. */
export const keepsStore = (app: App<never>): boolean =>
  app.transactional ||
  app.entries.some((entry) => entry.kind === "event" || (entry.kind === "route" && entry.idempotent))

/** Whether an app has anything that follows its commits: an outbox, or follow-ups. */
export const catchesUp = ({ transactional, entries }: App<never>): boolean =>
  transactional || entries.some(({ kind }) => kind === "follow-up")

/** The functions that an app registers when it starts. @throws when two have one name */
export function functionsOf(app: App): readonly FunctionOfApp[] {
  const { entries } = app
  const topics = new Set(entries.flatMap((entry) => (entry.kind === "event" ? [entry.event.topic] : [])))
  const sagas = entries.flatMap((entry) => (entry.kind === "saga" ? [entry.saga] : []))
  const timers = [
    ...entries.flatMap((entry) => (entry.kind === "timer" ? [functionName(entry.useCase)] : [])),
    ...(catchesUp(app) ? ["catch-up"] : []),
    ...(keepsStore(app) ? ["forget-old-keys"] : []),
  ]
  const functions: FunctionOfApp[] = [
    ...routesOf(app).map(({ useCase, path }) => ({
      trigger: "http" as const,
      name: functionName(useCase),
      route: path,
    })),
    { trigger: "http", name: "health-live", route: serviceRoutes.live },
    { trigger: "http", name: "health-ready", route: serviceRoutes.ready },
    { trigger: "http", name: "openapi", route: serviceRoutes.document },
    { trigger: "http", name: "metrics", route: serviceRoutes.metrics },
    ...timers.map((name) => ({ trigger: "timer" as const, name })),
    ...[...topics].map((topic) => ({ trigger: "event" as const, name: subscriberName(topic), topic })),
    ...sagas.map(({ name }) => ({ trigger: "orchestration" as const, name })),
    ...activityNamesOf(sagas.flatMap(({ steps }) => steps)).map((name) => ({
      trigger: "activity" as const,
      name,
    })),
  ]
  const names = functions.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice) throw new Error(`${app.name} has two functions named ${twice}`)
  return functions
}
