import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { stringify } from "yaml"
import { apps } from "../apps.ts"
import { type Environment, readYaml } from "./helm.ts"
import { likeKubernetes } from "./manifests.ts"

interface RegisteredFunction {
  name: string
  bindings: { type: string; topicName?: string; subscriptionName?: string }[]
}

/** An app's settings: those in clear with their values, and the names of those that Key Vault holds. */
export interface AppSettings {
  config: Record<string, string>
  secrets: string[]
}

/** The part of the chart's values that follows from an app's code. */
export interface FunctionValues {
  functions: { http: string[]; worker: string[]; timers: string[] }
  keda: {
    worker?: { enabled: false }
    serviceBus: { subscriptions: { topic: string; subscription: string }[] }
  }
}

const noSettings: AppSettings = { config: {}, secrets: [] }
const lister = fileURLToPath(new URL("./list-functions.ts", import.meta.url))

/**
 * The functions that an app registers when it starts with these settings.
 * @throws Error with what the app says when it refuses its settings
 */
export function registeredFunctions(repository: string, app: string, settings: Record<string, string>) {
  const entryPoint = join(repository, "functions", app, "src/main.ts")
  // Nothing of this process's environment: a setting that a pod lacks must be missing here too.
  const { status, stdout, stderr } = spawnSync(process.execPath, [lister, entryPoint], {
    env: settings,
    encoding: "utf8",
  })
  if (status !== 0) throw new Error(stderr.trim())
  return JSON.parse(stdout) as RegisteredFunction[]
}

/** Splits an app's functions as Core Tools does for Kubernetes: HTTP triggers on one side, all others on the other. */
export function functionValues(functions: RegisteredFunction[]): FunctionValues {
  const withTrigger = (test: (type: string) => boolean) =>
    functions.filter(({ bindings }) => bindings.some(({ type }) => test(type))).map(({ name }) => name)
  const http = withTrigger((type) => type === "httpTrigger")
  const worker = functions.map(({ name }) => name).filter((name) => !http.includes(name))
  const subscriptions = functions
    .flatMap(({ bindings }) => bindings)
    .filter(({ type }) => type === "serviceBusTrigger")
    .map(({ topicName = "", subscriptionName = "" }) => ({
      topic: topicName,
      subscription: subscriptionName,
    }))
  return {
    functions: { http, worker, timers: withTrigger((type) => type === "timerTrigger") },
    keda:
      subscriptions.length > 0
        ? { serviceBus: { subscriptions } }
        : { worker: { enabled: false }, serviceBus: { subscriptions } },
  }
}

export const functionsFile = (app: string): string => `infra/gitops/apps/base/${app}/functions.yaml`

export function functionsText(values: FunctionValues): string {
  return `# Generated from the app's code by \`npm run gitops:functions\`.\n${stringify(values, likeKubernetes)}`
}

/** A value of the right form for a secret setting, whose real value only Key Vault knows. */
function placeholder(setting: string): string {
  if (setting.endsWith("_DB")) return "postgres://user:password@localhost:5432/database"
  if (setting.endsWith("_URL")) return "https://localhost"
  return "placeholder"
}

/** The settings that a pod of the app gets, with placeholders for the secret ones. */
export function startSettings({ config, secrets }: AppSettings): Record<string, string> {
  return { ...config, ...Object.fromEntries(secrets.map((name) => [name, placeholder(name)])) }
}

/**
 * Starts each app with the settings that the cluster gives it: they must satisfy the app, and the functions that it
 * registers must be the ones that the release lists.
 */
export function appProblems(
  repository: string,
  environment: Environment,
  settings: ReadonlyMap<string, AppSettings>,
  only: readonly string[] = apps,
): string[] {
  return only.flatMap((app) => {
    try {
      const values = functionValues(
        registeredFunctions(repository, app, startSettings(settings.get(app) ?? noSettings)),
      )
      const listed = readYaml(join(repository, functionsFile(app)))
      return JSON.stringify(listed) === JSON.stringify(values)
        ? []
        : [`${environment}: ${functionsFile(app)} is not what ${app} registers: npm run gitops:functions`]
    } catch (error) {
      return [`${environment}: ${app} does not start with its settings: ${(error as Error).message}`]
    }
  })
}
