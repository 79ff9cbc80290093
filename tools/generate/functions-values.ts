import type { App } from "@eshop/building-blocks/app/app"
import { type FunctionOfApp, functionsOf } from "@eshop/building-blocks/app/functions"
import { stringify } from "yaml"
import { likeKubernetes } from "../kubernetes/manifests.ts"

/**
 * The part of the chart's values that follows from an app's code. Its functions are split as Core Tools does for
 * Kubernetes: HTTP triggers on one side, all others on the other.
 */
export function functionsValues(app: App): string {
  const functions = functionsOf(app)
  const names = (test: (trigger: FunctionOfApp["trigger"]) => boolean) =>
    functions.filter(({ trigger }) => test(trigger)).map(({ name }) => name)
  const worker = names((trigger) => trigger !== "http")
  const subscriptions = functions.flatMap((candidate) =>
    candidate.trigger === "event" ? [{ topic: candidate.topic, subscription: app.name }] : [],
  )
  const values = {
    functions: {
      http: names((trigger) => trigger === "http"),
      worker,
      timers: names((trigger) => trigger === "timer"),
    },
    keda: {
      ...(worker.length === 0 && { worker: { enabled: false } }),
      serviceBus: { subscriptions },
    },
  }
  return `# Generated from the app by \`npm run generate\`.\n${stringify(values, likeKubernetes)}`
}
