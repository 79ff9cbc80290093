import { existsSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { Worker } from "node:worker_threads"
import type { OrchestratorState } from "@eshop/functions-host/durable/protocol/actions"
import { root } from "../apps.ts"

export type Question = { readonly id: number; readonly name: string; readonly trigger: string }
export type Answer =
  | { readonly orchestrators: readonly string[]; readonly activities: readonly string[] }
  | { readonly id: number; readonly state: OrchestratorState }
  | { readonly id: number; readonly error: string }

/** Code that is to be released: its orchestrators, without a host. */
export type Candidate = {
  readonly orchestrators: readonly string[]
  readonly activities: readonly string[]
  /** `defaultVersion` of its host.json. */
  readonly version: string | null
  /** Runs an orchestrator with the JSON text of its trigger. */
  run(name: string, trigger: string): Promise<OrchestratorState>
  close(): Promise<void>
}

/** The app wants its settings at its start; what they point to is never asked. */
function settingsOfNobody(): Record<string, string> {
  const example = JSON.parse(readFileSync(join(root, "local.settings.example.json"), "utf8"))
  return example.Values
}

/** The nearest host.json above the entry. */
function hostJsonOf(entry: string): string {
  for (let folder = dirname(entry); ; folder = dirname(folder)) {
    const file = join(folder, "host.json")
    if (existsSync(file)) return file
    if (folder === dirname(folder)) throw new Error(`there is no host.json above ${entry}`)
  }
}

/**
 * Loads an app's orchestrators.
 * @param entry the app's file: `main.cjs` of a bundle, or `src/main.ts`
 * @throws when the app does not start
 */
export async function openCandidate(entry: string): Promise<Candidate> {
  const host = JSON.parse(readFileSync(hostJsonOf(entry), "utf8"))
  const worker = new Worker(new URL("./candidate-worker.ts", import.meta.url), {
    workerData: { entry },
    env: { ...settingsOfNobody(), ...process.env },
  })
  const waiting = new Map<number, PromiseWithResolvers<OrchestratorState>>()
  const started = Promise.withResolvers<Extract<Answer, { orchestrators: unknown }>>()
  const fail = (error: Error) => {
    started.reject(error)
    for (const { reject } of waiting.values()) reject(error)
  }
  worker.on("error", fail)
  worker.on("exit", () => fail(new Error(`${entry} has ended on its own`)))
  worker.on("message", (answer: Answer) => {
    if ("orchestrators" in answer) return started.resolve(answer)
    const question = waiting.get(answer.id)
    waiting.delete(answer.id)
    if ("state" in answer) question?.resolve(answer.state)
    else question?.reject(new Error(answer.error))
  })
  let last = 0
  return {
    ...(await started.promise),
    version: host.extensions?.durableTask?.defaultVersion ?? null,
    run(name, trigger) {
      const id = ++last
      const question = Promise.withResolvers<OrchestratorState>()
      waiting.set(id, question)
      worker.postMessage({ id, name, trigger } satisfies Question)
      return question.promise
    },
    close: async () => void (await worker.terminate()),
  }
}
