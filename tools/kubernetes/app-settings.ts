import { apps } from "../apps.ts"
import { settingsProblems } from "../settings.ts"
import type { Environment } from "./helm.ts"

/** An app's settings: those in clear with their values, and the names of those that Key Vault holds. */
export interface AppSettings {
  config: Record<string, string>
  secrets: string[]
}

const noSettings: AppSettings = { config: {}, secrets: [] }

/** A value of the right form for a secret setting, whose real value only Key Vault knows. */
function placeholder(setting: string): string {
  if (setting.endsWith("_DB")) return "postgres://user:password@localhost:5432/database"
  if (setting.endsWith("_URL")) return "https://localhost"
  if (setting.endsWith("_KEYS")) return `1:${Buffer.alloc(32).toString("base64")}`
  return "placeholder"
}

/** The settings that a pod of the app gets, with placeholders for the secret ones. */
const startSettings = ({ config, secrets }: AppSettings): Record<string, string> => ({
  ...config,
  ...Object.fromEntries(secrets.map((name) => [name, placeholder(name)])),
})

/** What each app would say at its start about the settings that the cluster gives it. */
export async function appProblems(
  environment: Environment,
  settings: ReadonlyMap<string, AppSettings>,
  only: readonly string[] = apps,
): Promise<string[]> {
  const problems = await Promise.all(
    only.map((app) => settingsProblems(app, startSettings(settings.get(app) ?? noSettings))),
  )
  return problems.flat().map((problem) => `${environment}: ${problem}`)
}
