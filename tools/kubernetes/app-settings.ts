import { generateKeyPairSync } from "node:crypto"
import { apps } from "../apps.ts"
import { settingsProblems } from "../settings.ts"
import type { Environment } from "./helm.ts"
import { type Manifest, ofKind } from "./manifests.ts"

/** An app's settings: those in clear with their values, and the names of those that Key Vault holds. */
export interface AppSettings {
  config: Record<string, string>
  secrets: string[]
}

const noSettings: AppSettings = { config: {}, secrets: [] }

const signingKey = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
  type: "pkcs8",
  format: "der",
})

/** A value of the right form for a secret setting, whose real value only Key Vault knows. */
function placeholder(setting: string): string {
  if (setting.endsWith("_DB")) return "postgres://user:password@localhost:5432/database"
  if (setting.endsWith("_URL")) return "https://localhost"
  if (setting === "PRICE_PROOF_KEYS") return `1:${signingKey.toString("base64")}`
  if (setting.endsWith("_KEYS")) return `1:${Buffer.alloc(32).toString("base64")}`
  return "placeholder of a secret"
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

/** What no app can notice at its start: a customer's claim that suits another issuer, a neighbour that is not there. */
export function settingProblems(settings: ReadonlyMap<string, AppSettings>, objects: Manifest[]): string[] {
  const hosts = new Set([
    ...ofKind(objects, "Service").map(({ metadata }) => metadata.name),
    // Flagger makes the Service of an app that has a canary.
    ...ofKind(objects, "Canary").map(({ spec }) => spec.service.name),
  ])
  return [...settings].flatMap(([app, { config }]) => {
    const entra = /^https:\/\/[\w.-]+\.(microsoftonline|ciamlogin)\.com\//.test(config.IDENTITY_ISSUER ?? "")
    const claim = config.IDENTITY_CUSTOMER_CLAIM ?? "sub"
    return [
      ...(entra && claim !== "oid"
        ? [`${app}: IDENTITY_CUSTOMER_CLAIM is ${claim}, but Entra's customers are named by oid`]
        : []),
      ...Object.entries(config)
        .map(([name, value]) => [name, /^http:\/\/([\w-]+)$/.exec(value)?.[1]] as const)
        .filter(([, host]) => host !== undefined && !hosts.has(host))
        .map(([name, host]) => `${app}: ${name}: Service ${host} does not exist`),
    ]
  })
}
